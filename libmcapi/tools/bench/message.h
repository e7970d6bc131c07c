/* SPDX-License-Identifier: BSD-3-Clause */
/* message.h - messages between the two nodes of a lane */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "task.h"

extern const struct task message_busy_8, message_busy_40;	/* round trips */
extern const struct task message_adaptive;
extern const struct task message_sleep;
extern const struct task message_stream_busy;			/* one way */
extern const struct task message_stream_adaptive;

/* The peer receives @count messages of whoever sends them, and answers nobody. */
extern const struct task message_receive, message_receive_asleep;

#endif /* MESSAGE_H */
