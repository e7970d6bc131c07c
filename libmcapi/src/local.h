/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * local.h - the local link's window: a file in a private directory of POSIX
 * shared memory, with one side and a lock for each section
 */
#ifndef LOCAL_H
#define LOCAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "link.h"

/* Sparse: a page is there when it was used once. 32-bit programs can map all of it. */
#define LOCAL_SECTION (8u << 20)
#define LOCAL_BYTES ((off_t)MCAPI_WIRE_GRANULE + MCAPI_WIRE_MAX_SECTIONS * (off_t)LOCAL_SECTION)
#define LOCAL_CHUNK (256u << 10)	/* of a section, that gets its memory at once */


struct local {
	char dir[200];
	int dir_fd;
	int fd;			/* the window, and the locks */
	int fifo;		/* own wake FIFO */
	uint8_t *window;	/* read-only */
	bool backed[LOCAL_SECTION / LOCAL_CHUNK];	/* chunks that have memory */
	uint8_t *control;	/* writable: owner and wake lines */
	uint32_t sleeps;	/* own wake word's count of them */
	bool fences;		/* this process and membarrier(2) know each other */
	bool asks;		/* own wake word asks the others to fence */
	uint64_t received;	/* of the node, when it last went to sleep */
};

/* Opens or makes the window and takes a section of it; false with a detail. */
bool local_attach(struct link *link, struct local *local);
/* Gives the section and all mappings back. */
void local_release(struct link *link, struct local *local);

/* Does the owner of a section hold its lock? */
bool local_locked(const struct local *local, uint32_t section);

static inline struct mcapi_wire_side *local_header(struct local *local)
{
	return (struct mcapi_wire_side *)local->control;
}

static inline struct mcapi_wire_owner *local_owner(struct local *local, uint32_t section)
{
	return (struct mcapi_wire_owner *)(local->control + MCAPI_WIRE_OWNER_OFF) + section;
}

static inline struct mcapi_wire_wake *local_wake(struct local *local, uint32_t section)
{
	return (struct mcapi_wire_wake *)(local->control + MCAPI_WIRE_WAKE_OFF) + section;
}

#endif /* LOCAL_H */
