// SPDX-License-Identifier: GPL-2.0-only
/*
 * link.c - finds and opens links
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "link.h"

const char *link_state_name(unsigned int state)
{
	switch (state) {
	case MCAPI_LINK_DOWN:
		return "down";
	case MCAPI_LINK_UP:
		return "up";
	case MCAPI_LINK_MISMATCH:
		return "mismatch";
	case MCAPI_LINK_GONE:
		return "gone";
	}
	return "unknown";
}

void link_refresh(struct link *link)
{
	struct mcapi_info info = { .size = sizeof(info) };

	if (!ioctl(link->fd, MCAPI_IOC_INFO, &info)) {
		link->info = info;
		return;
	}
	if (errno != ENODEV)
		err(1, "/dev/%s: INFO", link->name);
	link->gone = true;
	link->info.link_state = MCAPI_LINK_GONE;
}

void link_map(struct link *link)
{
	struct mcapi_window window = { .size = sizeof(window), .kind = MCAPI_WINDOW_LINK };
	void *at;

	if (ioctl(link->fd, MCAPI_IOC_WINDOW, &window))
		return;
	at = mmap(NULL, window.length, PROT_READ, MAP_SHARED, link->fd, (off_t)window.offset);
	if (at == MAP_FAILED)
		err(1, "/dev/%s: cannot map the window", link->name);
	link->window = at;
}

static void open_one(struct link *link, const char *path)
{
	char real[PATH_MAX];

	if (!realpath(path, real))
		err(1, "%s", path);
	link->fd = open(real, O_RDONLY | O_CLOEXEC);
	if (link->fd < 0)
		err(1, "%s: cannot open it; are you in the group mcapi?", path);
	snprintf(link->name, sizeof(link->name), "%.31s", basename(real));
	link_refresh(link);
}

size_t links_open(char **paths, size_t count, struct link **links)
{
	glob_t found = { .gl_pathc = 0 };
	size_t i;

	if (!count && !glob("/dev/mcapi[0-9]*", 0, NULL, &found)) {
		paths = found.gl_pathv;
		count = found.gl_pathc;
	}
	*links = calloc(count ? count : 1, sizeof(**links));
	if (!*links)
		err(1, "links");
	for (i = 0; i < count; i++)
		open_one(&(*links)[i], paths[i]);
	globfree(&found);
	return count;
}
