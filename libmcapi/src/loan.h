/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loan.h - packets that the program fills where they will be read
 */
#ifndef LOAN_H
#define LOAN_H

#include "packet.h"

/* A loan of @size bytes, or NULL. */
struct buffer *loan_new(struct channel *channel, uint32_t size);
/* The program gives a LOAN or BACK buffer up. */
void loan_free(struct buffer *loan);
/* Sends the first @len bytes of a LOAN; false if there is no room. */
bool loan_send(struct buffer *loan, uint32_t len);
/* A SENT buffer was given back; its bytes, or 0 if it was not out. */
uint32_t loan_came_back(struct buffer *loan);
/* A BACK buffer becomes the program's again. */
void loan_keep(struct buffer *loan);
/* Those that nobody asked for since they came back make room for others. */
void loan_free_back(struct channel *channel);

#endif /* LOAN_H */
