/* SPDX-License-Identifier: BSD-3-Clause */
/* crowd.h - nodes that have sent a message to the peer once, and then do nothing */
#ifndef CROWD_H
#define CROWD_H

#include <stdint.h>

/* Starts the process that they will be in; before the pair starts. */
void crowd_start(void);
void crowd_end(void);

/* As many nodes join as the window has sections for; returns how many that are. */
uint32_t crowd_join(void);
void crowd_leave(void);

#endif /* CROWD_H */
