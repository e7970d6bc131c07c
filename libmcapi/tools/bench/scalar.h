/* SPDX-License-Identifier: BSD-3-Clause */
/* scalar.h - scalars of 64 bits through the channels of the polling lane */
#ifndef SCALAR_H
#define SCALAR_H

#include "task.h"

extern const struct task scalar_trips;		/* round trips */
extern const struct task scalar_stream;		/* one way */
extern const struct task scalar_batches;	/* the same, 64 in a call */

#endif /* SCALAR_H */
