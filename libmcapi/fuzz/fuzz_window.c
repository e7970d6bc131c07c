/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fuzz_window.c - libFuzzer target: a peer writes whatever the input says, between
 * the calls of a program that talks to it
 *
 * The input is a list of steps. Whatever they are: no crash, no undefined behaviour,
 * no store outside the own section, and each call returns.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mcapix.h>

#include "../src/side.h"
#include "liar.h"

#define PORTS 5u		/* 1 messages; 2, 3 packets out, in; 4, 5 scalars out, in */
#define MOST_STEPS 64u

struct input {
	const uint8_t *at;
	size_t left;
};

static struct {
	mcapi_endpoint_t ends[PORTS + 1];
	mcapi_pktchan_send_hndl_t packets_out;
	mcapi_pktchan_recv_hndl_t packets_in;
	mcapi_sclchan_send_hndl_t scalars_out;
	mcapi_sclchan_recv_hndl_t scalars_in;
	void *packet;			/* received, or NULL */
} program;

static uint8_t buffer[100000];

static uint8_t next_byte(struct input *input)
{
	if (!input->left)
		return 0;
	input->left--;
	return *input->at++;
}

static uint32_t next_word(struct input *input)
{
	uint32_t word = 0;

	for (unsigned int i = 0; i < 4; i++)
		word = word << 8 | next_byte(input);
	return word;
}

static void next_bytes(struct input *input, void *to, size_t bytes)
{
	const size_t there = bytes < input->left ? bytes : input->left;

	memset(to, 0, bytes);
	memcpy(to, input->at, there);
	input->at += there;
	input->left -= there;
}

static mcapi_endpoint_t handle(mcapi_domain_t domain, mcapi_port_t port)
{
	return domain << 24 | 1u << 16 | port;
}

/* A value that is likely to mean something, or the edge of something. */
static uint32_t next_value(struct input *input)
{
	static const uint32_t areas[] = {
		LIAR_RING, LIAR_RETURNS, LIAR_CHANNEL_RING, LIAR_CHANNEL_LINES,
		LIAR_CHANNEL_RETURNS, LIAR_BUFFERS, 0, 0x1ff000,
	};
	const uint8_t kind = next_byte(input), which = kind >> 3;

	switch (kind & 7) {
	case 0:
		return which;
	case 1:
		return UINT32_MAX - which;
	case 2:
		return 1u << which;
	case 3:
		return liar_line(areas[which & 7]);
	case 4:
		return handle(1, which % (PORTS + 1));
	case 5:
		return handle(LIAR_DOMAIN, which % (PORTS + 1));
	case 6:
		return which & 1 ? liar_victim_epoch() : liar_owner()->epoch;
	default:
		return next_word(input);
	}
}

/* ---- the peer ---- */

static void store_word(struct input *input)
{
	static const uint32_t areas[] = {
		0, 64, 128, MCAPI_WIRE_IN_OFF, MCAPI_WIRE_OUT_OFF, MCAPI_WIRE_DIR_OFF, LIAR_RING,
		LIAR_RETURNS, LIAR_CHANNEL_RING, LIAR_CHANNEL_LINES, LIAR_CHANNEL_RETURNS,
	};
	const uint32_t area = areas[next_byte(input) % (sizeof(areas) / sizeof(*areas))];
	const uint32_t word = next_byte(input);

	*(uint32_t *)(liar_section() + area + word * 4) = next_value(input);
}

static void send_slot(struct input *input)
{
	struct mcapi_wire_slot slot = {
		.len = next_value(input), .src_port = 1, .dst_port = next_byte(input) % 8,
		.dst_gen = (uint16_t)(2 * (next_byte(input) % 8) + 1), .kind = MCAPI_WIRE_SLOT_MSG,
		.prio = next_byte(input) % 18, .flags = next_byte(input) % 5,
	};
	const uint32_t first = next_value(input), second = next_value(input);

	memcpy(slot.data, &first, sizeof(first));
	memcpy(slot.data + sizeof(first), &second, sizeof(second));
	liar_send(&slot);
}

static void send_raw_slot(struct input *input)
{
	struct mcapi_wire_slot slot;

	next_bytes(input, &slot, sizeof(slot));
	liar_send(&slot);
}

static void send_control(struct input *input)
{
	struct mcapi_wire_slot slot = { .kind = MCAPI_WIRE_SLOT_CONTROL };
	struct mcapi_wire_control control = {
		.op = next_byte(input) % 13, .tag = next_value(input), .status = next_byte(input) % 50,
		.send = next_value(input), .recv = next_value(input),
	};

	for (unsigned int i = 0; i < 6; i++)
		control.word[i] = next_value(input);
	memcpy(slot.data, &control, sizeof(control));
	liar_send(&slot);
}

static void send_return(struct input *input)
{
	const struct mcapi_wire_return entry = {
		.kind = next_byte(input) % 4, .gen = next_byte(input),
		.port = next_byte(input) % 8, .value = next_value(input),
	};

	liar_return(&entry);
}

static void change_owner(struct input *input)
{
	liar_owner()->state = next_byte(input) % 4;
	liar_owner()->epoch += next_byte(input) % 3;
}

/* What a device's window would show: a head that is read once and checked. */
static void read_head(struct input *input)
{
	static _Alignas(64) uint8_t memory[4 * MCAPI_WIRE_GRANULE];
	struct side side;

	next_bytes(input, memory, sizeof(struct mcapi_wire_side));
	memcpy(memory, &(uint32_t){ MCAPI_WIRE_SIDE_MAGIC }, 4);
	if (side_read(&side, memory, sizeof(memory), 0) != SIDE_OK)
		return;
	for (uint32_t i = 0; i < side.sections; i++) {
		const uint8_t *first = (const uint8_t *)side_node(&side, i);

		if (first < memory || first + side_section_size(&side) > memory + sizeof(memory))
			abort();
		side_range(&side, i, next_value(input), next_value(input));
	}
}

/* ---- the program ---- */

static void send_message(struct input *input)
{
	static const size_t sizes[] = { 0, 8, 44, 45, 5000, sizeof(buffer) };
	const mcapi_priority_t prio = next_byte(input) % 17;
	mcapi_request_t request;
	mcapi_status_t status;

	mcapi_msg_send_i(program.ends[1], handle(LIAR_DOMAIN, next_byte(input) % 6 + 1), buffer,
			 sizes[next_byte(input) % 6], prio, &request, &status);
}

static void receive_message(struct input *input)
{
	const size_t room = next_byte(input) * (sizeof(buffer) / UINT8_MAX);
	mcapi_request_t request;
	mcapi_status_t status;
	size_t size;

	mcapi_msg_recv_i(program.ends[1], buffer, room, &request, &status);
	mcapi_wait(&request, &size, 0, &status);
	if (status == MCAPI_TIMEOUT)
		mcapi_cancel(&request, &status);
}

static void look(struct input *input)
{
	mcapi_status_t status;

	(void)input;
	mcapi_msg_available(program.ends[1], &status);
	mcapi_endpoint_get(LIAR_DOMAIN, LIAR_NODE, 1, 0, &status);
}

static void look_at_attributes(struct input *input)
{
	mcapi_status_t status;
	uint64_t value;

	mcapi_endpoint_get_attribute(handle(LIAR_DOMAIN, next_byte(input) % 6 + 1),
				     next_byte(input) % 14, &value, sizeof(mcapi_uint_t), &status);
}

static void connect_channel(struct input *input)
{
	mcapi_request_t request;
	mcapi_status_t status;

	switch (next_byte(input) % 4) {
	case 0:
		mcapi_pktchan_connect_i(program.ends[2], handle(LIAR_DOMAIN, 3), &request, &status);
		break;
	case 1:
		mcapi_pktchan_connect_i(handle(LIAR_DOMAIN, 2), program.ends[3], &request, &status);
		break;
	case 2:
		mcapi_sclchan_connect_i(program.ends[4], handle(LIAR_DOMAIN, 5), &request, &status);
		break;
	default:
		mcapi_sclchan_connect_i(handle(LIAR_DOMAIN, 4), program.ends[5], &request, &status);
	}
}

static void open_channel(struct input *input)
{
	mcapi_request_t request;
	mcapi_status_t status;

	switch (next_byte(input) % 4) {
	case 0:
		mcapi_pktchan_send_open_i(&program.packets_out, program.ends[2], &request, &status);
		break;
	case 1:
		mcapi_pktchan_recv_open_i(&program.packets_in, program.ends[3], &request, &status);
		break;
	case 2:
		mcapi_sclchan_send_open_i(&program.scalars_out, program.ends[4], &request, &status);
		break;
	default:
		mcapi_sclchan_recv_open_i(&program.scalars_in, program.ends[5], &request, &status);
	}
}

static void close_channel(struct input *input)
{
	mcapi_request_t request;
	mcapi_status_t status;

	switch (next_byte(input) % 4) {
	case 0:
		mcapi_pktchan_send_close_i(program.packets_out, &request, &status);
		break;
	case 1:
		mcapi_pktchan_recv_close_i(program.packets_in, &request, &status);
		break;
	case 2:
		mcapi_sclchan_send_close_i(program.scalars_out, &request, &status);
		break;
	default:
		mcapi_sclchan_recv_close_i(program.scalars_in, &request, &status);
	}
}

static void send_packet(struct input *input)
{
	static const size_t sizes[] = { 0, 8, 45, 5000, sizeof(buffer) };
	mcapi_request_t request;
	mcapi_status_t status;

	mcapi_pktchan_send_i(program.packets_out, buffer, sizes[next_byte(input) % 5], &request,
			     &status);
}

static void receive_packet(struct input *input)
{
	mcapi_request_t request;
	mcapi_status_t status;
	uint8_t sum = 0;
	size_t size;

	(void)input;
	if (program.packet)
		mcapi_pktchan_release(program.packet, &status);
	program.packet = NULL;
	mcapi_pktchan_recv_i(program.packets_in, &program.packet, &request, &status);
	if (status != MCAPI_SUCCESS && status != MCAPI_PENDING)
		return;
	mcapi_wait(&request, &size, 0, &status);
	if (status == MCAPI_TIMEOUT)
		mcapi_cancel(&request, &status);
	if (status != MCAPI_SUCCESS || !program.packet)
		return;
	/* The program reads what it was given. */
	for (size_t i = 0; i < size; i++)
		sum ^= ((const volatile uint8_t *)program.packet)[i];
	buffer[0] = sum;
}

static void move_scalars(struct input *input)
{
	mcapi_status_t status;

	if (next_byte(input) % 2) {
		/* Says when it would block. */
		if (mcapi_sclchan_available(program.scalars_in, &status))
			mcapi_sclchan_recv_uint64(program.scalars_in, &status);
	} else {
		mcapi_sclchan_available(program.scalars_in, &status);
	}
}

static void (*const steps[])(struct input *input) = {
	store_word, send_slot, send_raw_slot, send_control, send_return, change_owner, read_head,
	send_message, receive_message, look, look_at_attributes, connect_channel, open_channel,
	close_channel, send_packet, receive_packet, move_scalars, send_control, store_word, look,
};

static void start_program(void)
{
	mcapi_status_t status;
	mcapi_info_t info;

	memset(&program, 0, sizeof(program));
	mcapi_initialize(1, 1, NULL, NULL, &info, &status);
	if (status != MCAPI_SUCCESS) {
		fprintf(stderr, "mcapi_initialize: %s\n", mcapix_error_detail());
		abort();
	}
	mcapix_spin_set(0, &status);
	for (mcapi_port_t port = 1; port <= PORTS; port++)
		program.ends[port] = mcapi_endpoint_create(port, &status);
}

static void end_program(void)
{
	mcapi_status_t status;

	mcapi_finalize(&status);
	if (status != MCAPI_SUCCESS)
		abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *base = getenv("MCAPI_LOCAL_DIR");
	static char directory[200];

	(void)argc;
	(void)argv;
	/* libFuzzer starts further processes of its own, and each has its own window. */
	snprintf(directory, sizeof(directory), "%s/XXXXXX", base ? base : ".");
	if (!base || !mkdtemp(directory)) {
		fprintf(stderr, "set MCAPI_LOCAL_DIR to a private directory for the windows of the "
			"fuzzer, as fuzz/check.sh does: %s: %m\n", directory);
		abort();
	}
	setenv("MCAPI_LOCAL_DIR", directory, 1);
	setenv("MCAPI_DEVICES", "", 1);
	unsetenv("MCAPI_IVSHMEM");
	/* Makes the window. */
	start_program();
	end_program();
	liar_attach();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };

	liar_reset();
	start_program();
	liar_meet();
	for (unsigned int i = 0; i < MOST_STEPS && input.left; i++)
		steps[next_byte(&input) % (sizeof(steps) / sizeof(*steps))](&input);
	end_program();
	return 0;
}
