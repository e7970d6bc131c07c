/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * window.h - the local link's window, as a process sees it that keeps to no rule
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/mcapi_wire.h>

/* Maps all of it, writable; waits until some node has made it. */
void window_open(void);
void window_close(void);

/* The section of a process that is a node, or NULL until it is ready. */
uint8_t *window_section(pid_t pid);
/* Its number, and its distance from the start of the side in lines. */
uint32_t window_number(const uint8_t *section);
uint32_t window_line(const void *at);

/* A word of a section, most often one that means something, and a value that hurts. */
uint32_t *random_word(uint8_t *section, unsigned int *seed);
uint32_t random_value(unsigned int *seed);

#endif /* WINDOW_H */
