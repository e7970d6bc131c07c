/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * link.h - the links of this system, as the tools see them
 */
#ifndef _MCAPI_TOOLS_LINK_H
#define _MCAPI_TOOLS_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/mcapi.h>

#include "geometry.h"

/**
 * struct link - an open link
 * @name: mcapiN
 * @fd: open for reading
 * @info: as of the last link_refresh()
 * @window: all of it, or NULL if link_map() was not asked
 * @gone: the device was removed
 */
struct link {
	char name[32];
	int fd;
	struct mcapi_info info;
	const char *window;
	bool gone;
};

const char *link_state_name(unsigned int state);

/* Opens those that are named, else all. Ends the program if one cannot be opened. */
size_t links_open(char **paths, size_t count, struct link **links);
void link_refresh(struct link *link);
void link_map(struct link *link);

#endif /* _MCAPI_TOOLS_LINK_H */
