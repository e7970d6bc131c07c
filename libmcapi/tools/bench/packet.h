/* SPDX-License-Identifier: BSD-3-Clause */
/* packet.h - packets through the channels of the polling lane */
#ifndef PACKET_H
#define PACKET_H

#include "task.h"

extern const struct task packet_place_64, packet_place_1m;	/* round trips, not copied */
extern const struct task packet_stream;		/* 64 KiB, one way, copied in and out */

#endif /* PACKET_H */
