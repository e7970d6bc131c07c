/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_connect.c - channels come and go: connect, open, close, of both types
 */
#include "channels.h"

static const enum type types[] = { PACKETS, SCALARS };

#define FOR_TYPES(type) for (unsigned int i_ = 0; i_ < 2; i_++) for (enum type type = types[i_], \
	once_ = 0; !once_; once_ = 1)

static void a_whole_life(void **state)
{
	(void)state;
	FOR_TYPES(type) {
		mcapi_request_t open[2];
		mcapi_status_t status;
		uint32_t handle[2] = { 0 };
		mcapi_endpoint_t a = mcapi_endpoint_create(MCAPI_PORT_ANY, &status);
		mcapi_endpoint_t b = mcapi_endpoint_create(MCAPI_PORT_ANY, &status);

		for (unsigned int life = 0; life < 3; life++) {
			assert_int_equal(state_of(a), 0);
			assert_success(connect_ends(type, a, b));
			assert_int_equal(state_of(a), MCAPI_ENDP_ATTR_STATUS_CONNECTED);
			assert_int_equal(attribute(b, MCAPI_ENDP_ATTR_TYPE),
					 type == PACKETS ? MCAPI_ENDP_TYPE_PKTCHAN :
							   MCAPI_ENDP_TYPE_SCLCHAN);
			assert_status(connect_ends(type, a, b), MCAPI_ERR_CHAN_CONNECTED);
			assert_status(start_open(type, true, a, &handle[0], &open[0]),
				      MCAPI_PENDING);
			assert_status(start_open(type, true, a, &handle[0], &open[1]),
				      MCAPI_ERR_CHAN_OPENPENDING);
			assert_int_equal(state_of(a), MCAPI_ENDP_ATTR_STATUS_CONNECTED |
						      MCAPI_ENDP_ATTR_STATUS_OPEN_PENDING);
			assert_status(start_open(type, false, b, &handle[1], &open[1]),
				      MCAPI_PENDING);
			assert_success(finish(&open[0]));
			assert_success(finish(&open[1]));
			assert_int_equal(state_of(b), MCAPI_ENDP_ATTR_STATUS_CONNECTED |
						      MCAPI_ENDP_ATTR_STATUS_OPEN);
			assert_status(start_open(type, true, a, &handle[0], &open[0]),
				      MCAPI_ERR_CHAN_OPEN);
			mcapi_endpoint_delete(a, &status);
			assert_status(status, MCAPI_ERR_CHAN_CONNECTED);

			/* Either end may close first. */
			assert_success(close_end(type, life & 1, handle[!(life & 1)]));
			assert_status(close_end(type, life & 1, handle[!(life & 1)]),
				      MCAPI_ERR_CHAN_NOTOPEN);
			assert_status(start_open(type, life & 1, life & 1 ? a : b, &handle[0],
						 &open[0]), MCAPI_ERR_CHAN_CLOSEPENDING);
			assert_status(connect_ends(type, a, b), life & 1 ?
				      MCAPI_ERR_CHAN_CLOSEPENDING : MCAPI_ERR_CHAN_CONNECTED);
			assert_success(close_end(type, !(life & 1), handle[life & 1]));
			assert_status(close_end(type, !(life & 1), handle[life & 1]),
				      MCAPI_ERR_CHAN_NOTOPEN);
			assert_int_equal(attribute(b, MCAPI_ENDP_ATTR_TYPE),
					 MCAPI_ENDP_TYPE_MESSAGE);
		}
		mcapi_endpoint_delete(a, &status);
		assert_success(status);
		mcapi_endpoint_delete(b, &status);
		assert_success(status);
	}
}

static void bad_connects(void **state)
{
	const uint32_t fewer = 3;
	mcapi_request_t request;
	mcapi_status_t status;
	mcapi_endpoint_t a = mcapi_endpoint_create(1, &status);
	mcapi_endpoint_t b = mcapi_endpoint_create(2, &status);

	(void)state;
	FOR_TYPES(type) {
		assert_status(connect_ends(type, a, a), MCAPI_ERR_ENDP_INVALID);
		assert_status(connect_ends(type, a, 0xffffffff), MCAPI_ERR_ENDP_INVALID);
		assert_status(connect_ends(type, a, a + 7), MCAPI_ERR_ENDP_INVALID);
		assert_status(connect_ends(type, a + 7, b), MCAPI_ERR_ENDP_INVALID);
		/* Node 9:9 was never there. */
		assert_status(connect_ends(type, 9u << 24 | 9u << 16 | 1, b),
			      MCAPI_ERR_ENDP_INVALID);
		assert_status(connect_ends(type, a, 9u << 24 | 9u << 16 | 1),
			      MCAPI_ERR_ENDP_INVALID);
		assert_status(start_connect(type, a, b, NULL), MCAPI_ERR_PARAMETER);
	}
	mcapi_endpoint_set_attribute(a, MCAPI_ENDP_ATTR_NUM_PRIORITIES, &fewer, sizeof(fewer),
				     &status);
	assert_success(status);
	assert_status(connect_ends(PACKETS, a, b), MCAPI_ERR_ATTR_INCOMPATIBLE);
	mcapi_endpoint_set_attribute(b, MCAPI_ENDP_ATTR_NUM_PRIORITIES, &fewer, sizeof(fewer),
				     &status);
	mcapi_endpoint_set_attribute(b, MCAPI_ENDP_ATTR_TYPE,
				     &(uint32_t){ MCAPI_ENDP_TYPE_SCLCHAN }, sizeof(uint32_t),
				     &status);
	assert_success(status);
	assert_status(connect_ends(PACKETS, a, b), MCAPI_ERR_ATTR_INCOMPATIBLE);
	/* What failed has left nothing behind. */
	assert_status(start_connect(SCALARS, a, b, &request), MCAPI_PENDING);
	assert_success(finish(&request));
	mcapi_endpoint_set_attribute(b, MCAPI_ENDP_ATTR_NUM_PRIORITIES, &fewer, sizeof(fewer),
				     &status);
	assert_status(status, MCAPI_ERR_CHAN_CONNECTED);
}

static void bad_opens_and_closes(void **state)
{
	mcapi_request_t request;
	mcapi_status_t status;
	mcapi_endpoint_t a = mcapi_endpoint_create(1, &status);
	mcapi_endpoint_t b = mcapi_endpoint_create(2, &status);
	uint32_t handle;
	struct pair packets, scalars;

	(void)state;
	FOR_TYPES(type) {
		assert_status(start_open(type, true, a + 7, &handle, &request),
			      MCAPI_ERR_ENDP_INVALID);
		assert_status(start_open(type, true, 9u << 24 | 9u << 16 | 1, &handle, &request),
			      MCAPI_ERR_ENDP_INVALID);
		assert_status(start_open(type, true, a, NULL, &request), MCAPI_ERR_PARAMETER);
		assert_status(start_open(type, true, a, &handle, NULL), MCAPI_ERR_PARAMETER);
		assert_status(close_end(type, true, 0), MCAPI_ERR_CHAN_INVALID);
		assert_status(close_end(type, true, 0xffffffff), MCAPI_ERR_CHAN_INVALID);
	}
	assert_success(connect_ends(PACKETS, a, b));
	assert_status(start_open(PACKETS, false, a, &handle, &request),
		      MCAPI_ERR_CHAN_DIRECTION);
	assert_status(start_open(PACKETS, true, b, &handle, &request), MCAPI_ERR_CHAN_DIRECTION);
	assert_status(start_open(SCALARS, true, a, &handle, &request), MCAPI_ERR_CHAN_TYPE);

	packets = make_pair(PACKETS, 3, 4);
	scalars = make_pair(SCALARS, 5, 6);
	assert_status(close_end(PACKETS, true, packets.recv), MCAPI_ERR_CHAN_DIRECTION);
	assert_status(close_end(SCALARS, true, packets.send), MCAPI_ERR_CHAN_TYPE);
	assert_status(close_end(PACKETS, false, scalars.recv), MCAPI_ERR_CHAN_TYPE);
	mcapi_pktchan_send_close_i(packets.send, NULL, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	assert_success(close_end(PACKETS, true, packets.send));
}

static void open_before_connect(void **state)
{
	(void)state;
	FOR_TYPES(type) {
		mcapi_request_t open[2], again;
		mcapi_status_t status;
		uint32_t handle[2] = { 0 };
		mcapi_endpoint_t a = mcapi_endpoint_create(MCAPI_PORT_ANY, &status);
		mcapi_endpoint_t b = mcapi_endpoint_create(MCAPI_PORT_ANY, &status);
		size_t size;

		assert_status(start_open(type, true, a, &handle[0], &open[0]), MCAPI_PENDING);
		assert_status(start_open(type, true, a, &handle[0], &again),
			      MCAPI_ERR_CHAN_OPENPENDING);
		assert_status(start_open(type, false, b, &handle[1], &open[1]), MCAPI_PENDING);
		assert_false(mcapi_test(&open[0], &size, &status));
		assert_status(status, MCAPI_PENDING);
		assert_success(connect_ends(type, a, b));
		assert_success(finish(&open[0]));
		assert_success(finish(&open[1]));
		assert_success(close_end(type, true, handle[0]));
		assert_success(close_end(type, false, handle[1]));

		/* It may be cancelled, and its endpoint deleted. */
		assert_status(start_open(type, true, a, &handle[0], &open[0]), MCAPI_PENDING);
		mcapi_cancel(&open[0], &status);
		assert_success(status);
		assert_status(start_open(type, false, a, &handle[0], &open[0]), MCAPI_PENDING);
		mcapi_endpoint_delete(a, &status);
		assert_success(status);
		assert_status(finish(&open[0]), MCAPI_ERR_ENDP_DELETED);

		/* Connected otherwise. */
		a = mcapi_endpoint_create(MCAPI_PORT_ANY, &status);
		assert_status(start_open(type, true, a, &handle[0], &open[0]), MCAPI_PENDING);
		assert_status(start_open(type == PACKETS ? SCALARS : PACKETS, true, b,
					 &handle[1], &open[1]), MCAPI_PENDING);
		assert_success(connect_ends(type, b, a));
		assert_status(finish(&open[0]), MCAPI_ERR_CHAN_DIRECTION);
		assert_status(finish(&open[1]), MCAPI_ERR_CHAN_TYPE);
	}
}

static void cancel_and_open_again(void **state)
{
	mcapi_request_t open[2];
	mcapi_status_t status;
	uint32_t handle[2];
	mcapi_endpoint_t a = mcapi_endpoint_create(1, &status);
	mcapi_endpoint_t b = mcapi_endpoint_create(2, &status);

	(void)state;
	assert_success(connect_ends(PACKETS, a, b));
	assert_status(start_open(PACKETS, true, a, &handle[0], &open[0]), MCAPI_PENDING);
	mcapi_cancel(&open[0], &status);
	assert_success(status);
	assert_status(start_open(PACKETS, true, a, &handle[0], &open[0]), MCAPI_PENDING);
	assert_status(start_open(PACKETS, false, b, &handle[1], &open[1]), MCAPI_PENDING);
	assert_success(finish(&open[0]));
	assert_success(finish(&open[1]));
}

/* Both ends are this node's: who waits for one of them has both. */
static void both_ends_at_once(void **state)
{
	(void)state;
	for (enum type type = PACKETS; type <= SCALARS; type++) {
		mcapi_endpoint_t a = mcapi_endpoint_create(1, &(mcapi_status_t){ 0 });
		mcapi_endpoint_t b = mcapi_endpoint_create(2, &(mcapi_status_t){ 0 });
		uint32_t send = 0, recv = 0, room;
		mcapi_request_t first, last;
		mcapi_status_t status;

		assert_success(connect_ends(type, a, b));
		assert_int_equal(attribute(a, MCAPI_ENDP_ATTR_GET_COUNT), 1);
		assert_int_equal(attribute(b, MCAPI_ENDP_ATTR_GET_COUNT), 1);
		assert_int_equal(attribute(b, MCAPI_ENDP_ATTR_NUM_RECV_BUFFERS), 0);
		assert_status(start_open(type, false, b, &recv, &first), MCAPI_PENDING);
		assert_status(start_open(type, true, a, &send, &last), MCAPI_PENDING);
		assert_success(finish(&last));
		assert_true(send && recv);

		/* Who polls this sees when a send would wait. */
		room = attribute(b, MCAPI_ENDP_ATTR_NUM_RECV_BUFFERS);
		assert_true(room > 1);
		if (type == PACKETS)
			mcapi_pktchan_send(send, "x", 1, &status);
		else
			mcapi_sclchan_send_uint8(send, 1, &status);
		assert_success(status);
		assert_int_equal(attribute(b, MCAPI_ENDP_ATTR_NUM_RECV_BUFFERS), room - 1);

		assert_success(finish(&first));
		assert_success(close_end(type, true, send));
		assert_success(close_end(type, false, recv));
		mcapi_endpoint_delete(a, &status);
		assert_success(status);
		mcapi_endpoint_delete(b, &status);
		assert_success(status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_whole_life, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(bad_connects, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(bad_opens_and_closes, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(open_before_connect, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(cancel_and_open_again, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(both_ends_at_once, node_setup, node_teardown),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
