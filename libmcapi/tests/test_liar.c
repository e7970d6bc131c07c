/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_liar.c - a node that speaks the wire format, and lies about channels
 *
 * The liar uses the library's own insides to say what no honest node says. Each
 * lie costs it its link: its channels end, and nobody else's.
 */
#include "channels.h"

#include <signal.h>
#include <unistd.h>

#include "../src/channel.h"
#include "../src/control.h"

struct liar {
	struct node *node;
	struct peer *victim;
	struct channel *send, *recv;
};

static void tell(const struct liar *liar, uint32_t op, uint32_t tag, uint32_t a, uint32_t b,
		 uint32_t c)
{
	const struct mcapi_wire_control control = {
		.op = op, .tag = tag, .status = MCAPI_SUCCESS, .word = { a, b, c },
	};

	control_send(liar->victim, &control);
}

static void unknown_control(const struct liar *liar)
{
	tell(liar, 99, 0, 0, 0, 0);
}

static void unknown_type(const struct liar *liar)
{
	tell(liar, MCAPI_WIRE_CONNECT, 0, 3, 0, 0);
}

static void connects_what_is_not_its_own(const struct liar *liar)
{
	const struct mcapi_wire_control control = {
		.op = MCAPI_WIRE_RESERVE, .send = 3u << 24 | 1u << 16 | 1,
		.recv = 1u << 24 | 1u << 16 | 3, .word = { MCAPI_WIRE_TYPE_PACKET },
	};

	control_send(liar->victim, &control);
}

static void answers_twice(const struct liar *liar)
{
	tell(liar, MCAPI_WIRE_RESERVED, liar->recv->theirs, 0, 0, 0);
}

static void opens_twice(const struct liar *liar)
{
	tell(liar, MCAPI_WIRE_OPEN, liar->send->theirs, link_line(liar->send->link, 0), 4, 0);
}

static void closes_twice(const struct liar *liar)
{
	tell(liar, MCAPI_WIRE_CLOSE, liar->send->theirs, 1000, 0, 0);
	tell(liar, MCAPI_WIRE_CLOSE, liar->send->theirs, 0, 0, 0);
}

static void is_done_with_what_is_open(const struct liar *liar)
{
	tell(liar, MCAPI_WIRE_DONE, liar->send->theirs, 0, 0, 0);
}

static void put(const struct liar *liar, uint8_t kind, uint16_t flags, uint32_t len, uint32_t line,
		uint32_t total)
{
	struct mcapi_wire_slot slot = { .len = len, .kind = kind, .flags = flags };
	const uint32_t words[2] = { line, total };

	memcpy(slot.data, words, sizeof(words));
	ring_publish(&liar->send->packet_out.ring, &liar->send->link->own, &slot,
		     sizeof(slot.data));
	peer_poke(liar->victim);
}

static void another_kind(const struct liar *liar)
{
	put(liar, MCAPI_WIRE_SLOT_MSG, 0, 4, 0, 0);
}

static void too_long_inline(const struct liar *liar)
{
	put(liar, MCAPI_WIRE_SLOT_PACKET, 0, MCAPI_WIRE_INLINE + 1, 0, 0);
}

static void memory_of_another(const struct liar *liar)
{
	put(liar, MCAPI_WIRE_SLOT_PACKET, MCAPI_WIRE_SLOT_BUFFER, 64, 0, 0);
}

static void memory_past_the_end(const struct liar *liar)
{
	put(liar, MCAPI_WIRE_SLOT_PACKET, MCAPI_WIRE_SLOT_BUFFER, UINT32_MAX - 63,
	    link_line(liar->send->link, 0), 0);
}

static void parts_of_too_much(const struct liar *liar)
{
	put(liar, MCAPI_WIRE_SLOT_PACKET, MCAPI_WIRE_SLOT_BUFFER | MCAPI_WIRE_SLOT_PART, 64,
	    link_line(liar->send->link, 0), MCAPI_MAX_PACKET_SIZE + 1);
}

static void parts_that_do_not_fit(const struct liar *liar)
{
	const uint32_t line = link_line(liar->send->link, 0);

	put(liar, MCAPI_WIRE_SLOT_PACKET, MCAPI_WIRE_SLOT_BUFFER | MCAPI_WIRE_SLOT_PART, 64, line,
	    100);
	put(liar, MCAPI_WIRE_SLOT_PACKET, MCAPI_WIRE_SLOT_BUFFER | MCAPI_WIRE_SLOT_PART, 64, line,
	    100);
}

static void a_packet_between_parts(const struct liar *liar)
{
	put(liar, MCAPI_WIRE_SLOT_PACKET, MCAPI_WIRE_SLOT_BUFFER | MCAPI_WIRE_SLOT_PART, 64,
	    link_line(liar->send->link, 0), 100);
	put(liar, MCAPI_WIRE_SLOT_PACKET, 0, 4, 0, 0);
}

static void acknowledges_too_much(const struct liar *liar)
{
	channel_ack(liar->recv, 1u << 30);
}

static void gives_back_the_ring(const struct liar *liar)
{
	give_put(&liar->recv->packet_in.back, &liar->recv->link->own, liar->victim->section);
	peer_poke(liar->victim);
}

static void gives_back_memory_that_is_none(const struct liar *liar)
{
	give_put(&liar->recv->packet_in.back, &liar->recv->link->own, UINT32_MAX);
	peer_poke(liar->victim);
}

static const struct {
	const char *name;
	void (*tell)(const struct liar *liar);
	size_t size;		/* of the packets that make the victim look at it */
} lies[] = {
#define LIE(name) { #name, name, 60000 }
	LIE(unknown_control), LIE(unknown_type), LIE(connects_what_is_not_its_own),
	LIE(answers_twice), LIE(opens_twice), LIE(closes_twice), LIE(is_done_with_what_is_open),
	LIE(another_kind), LIE(too_long_inline), LIE(memory_of_another),
	LIE(memory_past_the_end), LIE(parts_of_too_much), LIE(parts_that_do_not_fit),
	LIE(a_packet_between_parts),
	{ "acknowledges_too_much", acknowledges_too_much, 4 }, LIE(gives_back_the_ring),
	LIE(gives_back_memory_that_is_none),
};

static unsigned int which;

/* Channels both ways with the victim, then the lie. */
static void tell_the_lie(void)
{
	mcapi_status_t status;
	uint32_t send = channel_to(PACKETS, 1);
	uint32_t recv = open_end(PACKETS, false, mcapi_endpoint_create(2, &status));
	struct liar liar;

	assert_success(status);
	liar.node = node_enter(&status);
	assert_success(status);
	liar.victim = node_route(liar.node, 1, 1);
	liar.send = channel_find(liar.node, send);
	liar.recv = channel_find(liar.node, recv);
	assert_non_null(liar.victim);
	lies[which].tell(&liar);
	node_leave(liar.node);
	/* Never says anything again, and takes nothing. */
	pause();
}

static uint64_t faults(void)
{
	struct mcapix_stats stats = { .size = sizeof(stats) };
	mcapi_status_t status;

	mcapix_stats_get(&stats, &status);
	return stats.faults;
}

/* Does what a program does with its channels until the lie is found out. */
static void use(uint32_t send, uint32_t recv)
{
	static uint8_t bytes[60000];
	mcapi_request_t sending, receiving;
	mcapi_status_t sent = MCAPI_SUCCESS, received, status;
	void *packet;
	size_t size;

	mcapi_pktchan_recv_i(recv, &packet, &receiving, &received);
	while (!faults()) {
		if (sent == MCAPI_SUCCESS)
			mcapi_pktchan_send_i(send, bytes, lies[which].size, &sending,
					     &sent);
		else
			mcapi_test(&sending, &size, &status);
		mcapi_pktchan_available(recv, &status);
	}
	if (sent == MCAPI_PENDING)
		assert_status(finish(&sending), MCAPI_ERR_TRANSMISSION);
	if (received == MCAPI_PENDING)
		assert_true(finish(&receiving) != MCAPI_TIMEOUT);
}

static void each_lie_costs_the_liar_only(void **state)
{
	(void)state;
	for (which = 0; which < sizeof(lies) / sizeof(lies[0]); which++) {
		pid_t child = child_start(tell_the_lie);
		mcapi_endpoint_t from;
		mcapi_status_t status;
		uint32_t send, recv;
		struct pair mine;
		void *packet;
		size_t got;

		print_message("           %s\n", lies[which].name);
		node_init(1, 1);
		mine = make_pair(PACKETS, 8, 9);
		recv = channel_from(PACKETS);
		from = mcapi_endpoint_create(2, &status);
		assert_success(connect_ends(PACKETS, from, other(2, 1, 2)));
		send = open_end(PACKETS, true, from);
		use(send, recv);
		assert_int_equal(faults(), 1);
		mcapi_pktchan_send(send, "x", 1, &status);
		assert_status(status, MCAPI_ERR_TRANSMISSION);
		mcapi_pktchan_recv(recv, &packet, &got, &status);
		assert_true(status == MCAPI_ERR_TRANSMISSION || status == MCAPI_ERR_CHAN_INVALID);
		assert_success(close_end(PACKETS, true, send));
		assert_success(close_end(PACKETS, false, recv));
		mcapi_endpoint_delete(from, &status);
		assert_success(status);

		mcapi_pktchan_send(mine.send, "yes", 3, &status);
		assert_success(status);
		mcapi_pktchan_recv(mine.recv, &packet, &got, &status);
		assert_success(status);
		assert_memory_equal(packet, "yes", 3);
		child_kill(child);
		node_end();
	}
}

/* Rings, lines and return rings that are not in the liar's section, or not of a size that can be. */
static const struct {
	bool sends;
	uint32_t line, second, log2;	/* 1: a place in its own section */
} openings[] = {
	{ true, 0, 4, 0 }, { true, UINT32_MAX, 4, 0 }, { true, 1, 3, 0 }, { true, 1, 17, 0 },
	{ true, 1, UINT32_MAX, 0 },
	{ false, 0, 1, 4 }, { false, 1, 0, 4 }, { false, 1, 1, 3 }, { false, 1, 1, 31 },
};

static enum type opening_type;

static void open_nowhere(void)
{
	mcapi_status_t status;
	mcapi_endpoint_t here = mcapi_endpoint_create(1, &status);
	const mcapi_endpoint_t there = other(1, 1, 1);
	struct endpoint *endpoint;
	struct liar liar;
	uint32_t own;

	assert_success(openings[which].sends ? connect_ends(opening_type, here, there) :
					       connect_ends(opening_type, there, here));
	liar.node = node_enter(&status);
	liar.victim = node_route(liar.node, 1, 1);
	endpoint = endpoint_own(liar.node, here, &status);
	own = link_line(endpoint->channel->link, 0);
	tell(&liar, MCAPI_WIRE_OPEN, endpoint->channel->theirs,
	     openings[which].line == 1 ? own : openings[which].line,
	     !openings[which].sends && openings[which].second == 1 ? own : openings[which].second,
	     openings[which].log2);
	node_leave(liar.node);
	pause();
}

static void opening_nowhere(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < 2 * sizeof(openings) / sizeof(openings[0]); n++) {
		mcapi_request_t request;
		mcapi_endpoint_t here;
		mcapi_status_t status;
		uint32_t handle;
		pid_t child;

		which = n / 2;
		opening_type = n % 2 ? PACKETS : SCALARS;
		/* A scalar channel has no return ring. */
		if (!openings[which].sends && openings[which].line && opening_type == SCALARS)
			continue;
		node_init(1, 1);
		here = mcapi_endpoint_create(1, &status);
		assert_status(start_open(opening_type, !openings[which].sends, here, &handle,
					 &request), MCAPI_PENDING);
		child = child_start(open_nowhere);
		assert_status(finish(&request), MCAPI_ERR_TRANSMISSION);
		assert_int_equal(faults(), 1);
		mcapi_endpoint_delete(here, &status);
		assert_success(status);
		child_kill(child);
		node_end();
	}
}

static void acknowledge_scalars(void)
{
	mcapi_status_t status;
	uint32_t handle = channel_from(SCALARS);
	struct node *node = node_enter(&status);

	channel_ack(channel_find(node, handle), 1u << 30);
	node_leave(node);
	pause();
}

static void acknowledging_scalars(void **state)
{
	pid_t child = child_start(acknowledge_scalars);
	mcapi_status_t status;
	uint32_t handle;

	(void)state;
	node_init(1, 1);
	handle = channel_to(SCALARS, 2);
	do {
		mcapi_sclchan_send_uint8(handle, 1, &status);
	} while (status == MCAPI_SUCCESS);
	assert_status(status, MCAPI_ERR_TRANSMISSION);
	assert_int_equal(faults(), 1);
	child_kill(child);
	node_end();
}

/* What can come late from an honest node is no lie. */
static void tell_old_news(void)
{
	mcapi_status_t status;
	uint32_t send = channel_to(PACKETS, 1);
	struct liar liar;

	liar.node = node_enter(&status);
	liar.victim = node_route(liar.node, 1, 1);
	tell(&liar, MCAPI_WIRE_CONNECTED, 12345, 0, 0, 0);
	tell(&liar, MCAPI_WIRE_RESERVED, 12345, 0, 0, 0);
	tell(&liar, MCAPI_WIRE_OPEN, 0, 0, 0, 0);
	tell(&liar, MCAPI_WIRE_CLOSE, UINT32_MAX, 0, 0, 0);
	tell(&liar, MCAPI_WIRE_DONE, 4096, 0, 0, 0);
	node_leave(liar.node);
	mcapi_pktchan_send(send, "still here", 10, &status);
	assert_success(status);
	assert_success(close_end(PACKETS, true, send));
	pause();
}

static void old_news_is_no_lie(void **state)
{
	pid_t child = child_start(tell_old_news);
	mcapi_status_t status;
	uint32_t handle;
	void *packet;
	size_t got;

	(void)state;
	node_init(1, 1);
	handle = channel_from(PACKETS);
	mcapi_pktchan_recv(handle, &packet, &got, &status);
	assert_success(status);
	assert_memory_equal(packet, "still here", 10);
	assert_int_equal(faults(), 0);
	child_kill(child);
	node_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_lie_costs_the_liar_only),
		cmocka_unit_test(opening_nowhere),
		cmocka_unit_test(acknowledging_scalars),
		cmocka_unit_test(old_news_is_no_lie),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
