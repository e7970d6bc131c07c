/* SPDX-License-Identifier: BSD-3-Clause */
/* channels.h - the packet and scalar channels between the partners of a lane, both ways */
#ifndef CHANNELS_H
#define CHANNELS_H

#include "lane.h"

/* Connects and opens all of them; both partners call it. */
void channels_open(struct lane *lane);

#endif /* CHANNELS_H */
