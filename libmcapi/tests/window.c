/* SPDX-License-Identifier: BSD-3-Clause */
#include "window.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

static uint8_t *window;
static size_t length;

void window_open(void)
{
	char path[128];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s/window", local_dir());
	while ((fd = open(path, O_RDWR)) < 0)
		usleep(1000);
	do {
		assert_int_equal(fstat(fd, &st), 0);
	} while (!st.st_size);
	length = (size_t)st.st_size;
	window = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(window, MAP_FAILED);
	close(fd);
}

void window_close(void)
{
	munmap(window, length);
}

static const struct mcapi_wire_side *header(void)
{
	return (const struct mcapi_wire_side *)window;
}

uint8_t *window_section(pid_t pid)
{
	const struct mcapi_wire_owner *owners =
		(const struct mcapi_wire_owner *)(window + MCAPI_WIRE_OWNER_OFF);

	for (uint32_t i = 0; i < header()->sections; i++) {
		uint8_t *section = window + ((size_t)header()->section_off +
					     i * header()->section_lines) * MCAPI_WIRE_LINE;
		const struct mcapi_wire_node *head = (const struct mcapi_wire_node *)section;

		if (owners[i].state == MCAPI_WIRE_OWNER_LIVE && owners[i].pid == (uint32_t)pid &&
		    head->epoch == owners[i].epoch && head->state == MCAPI_WIRE_NODE_READY)
			return section;
	}
	return NULL;
}

uint32_t window_line(const void *at)
{
	return (uint32_t)((const uint8_t *)at - window) / MCAPI_WIRE_LINE;
}

uint32_t window_number(const uint8_t *section)
{
	return (window_line(section) - header()->section_off) / header()->section_lines;
}

uint32_t *random_word(uint8_t *section, unsigned int *seed)
{
	/* Head, tables, directory, and where rings and buffers often lie. */
	static const uint32_t areas[] = {
		0, MCAPI_WIRE_IN_OFF, MCAPI_WIRE_OUT_OFF, MCAPI_WIRE_DIR_OFF, 0x43000, 0x100000,
	};
	const uint32_t size = header()->section_lines * MCAPI_WIRE_LINE;
	uint32_t off = (uint32_t)rand_r(seed) % 8;

	off = off < 6 ? areas[off] + (uint32_t)rand_r(seed) % 0x1000 : (uint32_t)rand_r(seed);
	return (uint32_t *)(section + off % size / 4 * 4);
}

uint32_t random_value(unsigned int *seed)
{
	switch (rand_r(seed) % 4) {
	case 0:
		return (uint32_t)rand_r(seed) % 64;
	case 1:
		return UINT32_MAX - (uint32_t)rand_r(seed) % 64;
	default:
		return (uint32_t)rand_r(seed) << 1 ^ (uint32_t)rand_r(seed);
	}
}
