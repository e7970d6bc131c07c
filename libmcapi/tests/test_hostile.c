/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_hostile.c - a peer writes whatever it likes, and the others go on
 */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/mcapi_wire.h>

#include "../src/own.h"

static uint8_t *window;
static struct stat st;

static void map_window(void)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/window", local_dir());
	/* The child makes it, unless an earlier one has. */
	while ((fd = open(path, O_RDWR)) < 0)
		usleep(1000);
	do {
		assert_int_equal(fstat(fd, &st), 0);
	} while (!st.st_size);
	window = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(window, MAP_FAILED);
	close(fd);
}

static struct mcapi_wire_side *header(void)
{
	return (struct mcapi_wire_side *)window;
}

/* The section of a process that is a node, once it is ready. */
static uint8_t *section_of(pid_t pid)
{
	const struct mcapi_wire_owner *owners =
		(const struct mcapi_wire_owner *)(window + MCAPI_WIRE_OWNER_OFF);

	for (uint32_t i = 0; i < header()->sections; i++) {
		uint8_t *section = window + ((size_t)header()->section_off +
					     i * header()->section_lines) * MCAPI_WIRE_LINE;
		struct mcapi_wire_node *head = (struct mcapi_wire_node *)section;

		if (owners[i].state == MCAPI_WIRE_OWNER_LIVE && owners[i].pid == (uint32_t)pid &&
		    head->epoch == owners[i].epoch && head->state == MCAPI_WIRE_NODE_READY)
			return section;
	}
	return NULL;
}

/* The words of a section that mean something: the head, the tables, rings and directory. */
static uint32_t *random_word(uint8_t *section, unsigned int *seed)
{
	static const uint32_t areas[] = {
		0, MCAPI_WIRE_IN_OFF, MCAPI_WIRE_OUT_OFF, MCAPI_WIRE_DIR_OFF, 0x43000, 0x100000,
	};
	uint32_t off = areas[(unsigned int)rand_r(seed) % 6] +
		       (uint32_t)rand_r(seed) % 0x1000 / 4 * 4;

	return (uint32_t *)(section + off);
}

static uint32_t random_value(unsigned int *seed)
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

static void accomplice(void)
{
	static char buffer[70000];
	mcapi_status_t status;
	mcapi_endpoint_t here = mcapi_endpoint_create(1, &status);
	mcapi_endpoint_t there = mcapi_endpoint_get(1, 1, 1, 5000, &status);
	mcapi_request_t request;
	size_t size;

	for (unsigned int i = 0;; i++) {
		mcapi_msg_send_i(here, there, buffer, i % 3 ? 8 : sizeof(buffer), 1, &request,
				 &status);
		mcapi_msg_recv_i(here, buffer, sizeof(buffer), &request, &status);
		mcapi_test(&request, &size, &status);
	}
}

/*
 * The victim, in a process of its own: talks to the liar and to itself for as
 * long as the parent scribbles; itself must always be reachable.
 */
static int victim(int stop)
{
	static char buffer[100000];
	mcapi_endpoint_t here, mine, there;
	mcapi_status_t status;
	char byte;
	size_t got;

	node_init(1, 1);
	here = mcapi_endpoint_create(1, &status);
	mine = mcapi_endpoint_create(2, &status);
	/* Not asked for: it may lie about that, too. */
	there = 2u << 24 | 1u << 16 | 1;
	while (read(stop, &byte, 1) < 0) {
		mcapi_request_t request;

		mcapi_msg_send_i(here, there, buffer, 8, 0, &request, &status);
		mcapi_msg_send_i(here, there, buffer, 60000, 0, &request, &status);
		while (mcapi_msg_available(here, &status))
			mcapi_msg_recv(here, buffer, sizeof(buffer), &got, &status);
		mcapi_msg_send(here, mine, "x", 1, 0, &status);
		if (status != MCAPI_SUCCESS)
			return 2;
		mcapi_msg_recv(mine, buffer, 1, &got, &status);
		if (status != MCAPI_SUCCESS || got != 1)
			return 3;
	}
	return 0;
}

static void a_peer_scribbles_over_its_section(void **state)
{
	const char *full = getenv("MCAPI_TORTURE");
	const unsigned int words = full ? 100000 : 20000;

	(void)state;
	for (unsigned int round = 0; round < 10; round++) {
		unsigned int seed = round + 1;
		pid_t child = child_start(accomplice), other;
		int stop[2], status;
		uint8_t *section;

		assert_int_equal(pipe2(stop, O_NONBLOCK), 0);
		other = child_fork();
		if (!other)
			_exit(victim(stop[0]));
		map_window();
		while (!(section = section_of(child)) || !section_of(other))
			usleep(1000);
		for (unsigned int i = 0; i < words / 10; i++) {
			*random_word(section, &seed) = random_value(&seed);
			if (i % 16 == 0)
				usleep(100);	/* let them run into it */
		}
		assert_int_equal(write(stop[1], "x", 1), 1);
		assert_int_equal(waitpid(other, &status, 0), other);
		assert_int_equal(status, 0);
		child_kill(child);
		munmap(window, (size_t)st.st_size);
		close(stop[0]);
		close(stop[1]);
	}
}

static void quiet_peer(void)
{
	mcapi_status_t status;

	mcapi_endpoint_create(1, &status);
	pause();
}

/* Returning what one does not have must not free what is in use. */
static void a_return_that_lies(void **state)
{
	struct mcapix_stats stats = { .size = sizeof(stats) };
	mcapi_endpoint_t here, there;
	mcapi_status_t status;
	pid_t child = child_start(quiet_peer);
	uint8_t *mine, *theirs;
	struct mcapi_wire_in *line;
	struct mcapi_wire_out *out;
	struct mcapi_wire_return *entry;
	uint32_t my_number, their_number;

	(void)state;
	node_init(1, 1);
	here = mcapi_endpoint_create(1, &status);
	there = mcapi_endpoint_get(2, 1, 1, 5000, &status);
	assert_success(status);
	mcapi_msg_send(here, there, "x", 1, 0, &status);
	assert_success(status);

	map_window();
	mine = section_of(getpid());
	theirs = section_of(child);
	my_number = (uint32_t)((mine - window) / MCAPI_WIRE_LINE - header()->section_off) /
		    header()->section_lines;
	their_number = (uint32_t)((theirs - window) / MCAPI_WIRE_LINE - header()->section_off) /
		       header()->section_lines;
	out = (struct mcapi_wire_out *)(mine + MCAPI_WIRE_OUT_OFF) + their_number;
	line = (struct mcapi_wire_in *)(theirs + MCAPI_WIRE_IN_OFF) + my_number;
	/* As if the peer had opened our ring, and gave back the ring itself as a buffer. */
	entry = (struct mcapi_wire_return *)(theirs + 0x100000);
	*entry = (struct mcapi_wire_return){ .kind = MCAPI_WIRE_RET_BUFFER, .port = 1,
					     .value = out->ring_off };
	line->ret_log2 = 4;
	line->ret_prod = 1;
	line->ret_off = (uint32_t)((theirs - window) + 0x100000) / MCAPI_WIRE_LINE;
	line->ack = 0;
	full_barrier();
	line->epoch = ((struct mcapi_wire_node *)mine)->epoch;

	do {
		mcapi_msg_send(here, there, "x", 1, 0, &status);
	} while (status == MCAPI_SUCCESS);
	assert_status(status, MCAPI_ERR_TRANSMISSION);
	mcapix_stats_get(&stats, &status);
	assert_int_equal(stats.faults, 1);
	child_kill(child);
	munmap(window, (size_t)st.st_size);
	node_end();
}

/* A debug build dies at once when it stores where it must not. */
static void stores_are_checked(void **state)
{
#ifdef MCAPI_CHECK_STORES
	static uint32_t words[32];
	const struct own own = { .base = (uint8_t *)words, .size = 64 };
	int status;
	pid_t child = fork();

	(void)state;
	if (!child) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(1);
		own_store(&own, &words[15], 1);
		own_store(&own, &words[16], 1);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
#else
	(void)state;
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_peer_scribbles_over_its_section),
		cmocka_unit_test(a_return_that_lies),
		cmocka_unit_test(stores_are_checked),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
