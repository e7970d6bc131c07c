/* SPDX-License-Identifier: BSD-3-Clause */
#include "liar.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTION 1u		/* the node that is tested gets 0 */
#define ENDPOINTS 5u
#define CREDIT 64u

static uint8_t *window;
static uint32_t sent, returned;

static struct mcapi_wire_side *header(void)
{
	return (struct mcapi_wire_side *)window;
}

static struct mcapi_wire_owner *owners(void)
{
	return (struct mcapi_wire_owner *)(window + MCAPI_WIRE_OWNER_OFF);
}

uint8_t *liar_section(void)
{
	return window + ((size_t)header()->section_off + SECTION * header()->section_lines) *
	       MCAPI_WIRE_LINE;
}

struct mcapi_wire_owner *liar_owner(void)
{
	return &owners()[SECTION];
}

uint32_t liar_line(uint32_t offset)
{
	return header()->section_off + SECTION * header()->section_lines + offset / MCAPI_WIRE_LINE;
}

uint32_t liar_victim_epoch(void)
{
	return owners()[0].epoch;
}

struct mcapi_wire_in *liar_in(void)
{
	return (struct mcapi_wire_in *)(liar_section() + MCAPI_WIRE_IN_OFF);
}

struct mcapi_wire_out *liar_out(void)
{
	return (struct mcapi_wire_out *)(liar_section() + MCAPI_WIRE_OUT_OFF);
}

void liar_attach(void)
{
	/* Who lives has a lock on the byte of its section. */
	struct flock lock = { .l_type = F_WRLCK, .l_start = SECTION, .l_len = 1 };
	char path[256];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s/window", getenv("MCAPI_LOCAL_DIR"));
	fd = open(path, O_RDWR);
	if (fd < 0 || fstat(fd, &st) || fcntl(fd, F_OFD_SETLK, &lock)) {
		perror(path);
		abort();
	}
	window = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (window == MAP_FAILED) {
		perror(path);
		abort();
	}
}

static void write_directory(uint8_t *section)
{
	struct mcapi_wire_endpoint *dir =
		(struct mcapi_wire_endpoint *)(section + MCAPI_WIRE_DIR_OFF);

	for (uint32_t i = 0; i < ENDPOINTS; i++)
		dir[i] = (struct mcapi_wire_endpoint){
			.gen = 2 * i + 1, .port = (uint16_t)(i + 1), .credit = CREDIT,
			.attr = { [MCAPI_WIRE_ATTR_TYPE] = MCAPI_WIRE_TYPE_MESSAGE },
		};
}

void liar_reset(void)
{
	const uint32_t epoch = header()->boot_epoch << 16 | 1;
	struct mcapi_wire_node *head = (struct mcapi_wire_node *)liar_section();

	memset(owners(), 0, MCAPI_WIRE_MAX_SECTIONS * sizeof(struct mcapi_wire_owner));
	memset(window + MCAPI_WIRE_WAKE_OFF, 0,
	       MCAPI_WIRE_MAX_SECTIONS * sizeof(struct mcapi_wire_wake));
	header()->owner_seq = 0;
	memset(liar_section(), 0, MCAPI_WIRE_DIR_OFF + 0x1000);
	for (uint32_t area = LIAR_RING; area <= LIAR_BUFFERS; area += 0x10000)
		memset(liar_section() + area, 0, 0x1000);
	write_directory(liar_section());
	*head = (struct mcapi_wire_node){
		.magic = MCAPI_WIRE_SECTION_MAGIC, .epoch = epoch, .domain = LIAR_DOMAIN,
		.node = LIAR_NODE, .state = MCAPI_WIRE_NODE_READY, .dir_entries = 16,
	};
	*liar_owner() = (struct mcapi_wire_owner){
		.state = MCAPI_WIRE_OWNER_LIVE, .epoch = epoch, .pid = (uint32_t)getpid(),
	};
	sent = returned = 0;
}

void liar_meet(void)
{
	*liar_in() = (struct mcapi_wire_in){
		.epoch = liar_victim_epoch(), .ret_off = liar_line(LIAR_RETURNS),
		.ret_log2 = LIAR_LOG2,
	};
	*liar_out() = (struct mcapi_wire_out){
		.epoch = liar_victim_epoch(), .ring_off = liar_line(LIAR_RING),
		.ring_log2 = LIAR_LOG2,
	};
	((struct mcapi_wire_node *)liar_section())->ring_seq++;
}

void liar_send(struct mcapi_wire_slot *slot)
{
	struct mcapi_wire_slot *ring = (struct mcapi_wire_slot *)(liar_section() + LIAR_RING);

	slot->seq = sent + 1;
	ring[sent++ % (1u << LIAR_LOG2)] = *slot;
}

void liar_return(const struct mcapi_wire_return *entry)
{
	struct mcapi_wire_return *ring =
		(struct mcapi_wire_return *)(liar_section() + LIAR_RETURNS);

	ring[returned++ % (1u << LIAR_LOG2)] = *entry;
	liar_in()->ret_prod = returned;
}
