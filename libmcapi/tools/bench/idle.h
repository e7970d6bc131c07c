/* SPDX-License-Identifier: BSD-3-Clause */
/* idle.h - what a receiver costs that waits for a message */
#ifndef IDLE_H
#define IDLE_H

#include "row.h"

void idle_measure(const struct row *row, struct result *result);

#endif /* IDLE_H */
