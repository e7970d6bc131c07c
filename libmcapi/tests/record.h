/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * record.h - writes down which status each function gave, for docs/conformance.md
 *
 * The macros call the function of the same name and then record its last
 * argument, in the file that the environment variable MCAPI_CONFORMANCE names.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdint.h>

#include "mcapi.h"

/* Appends a line, unless *@seen says that this place has done so for @status. */
void record(const char *function, mcapi_status_t status, uint64_t *seen);

#define RECORD_9TH(a, b, c, d, e, f, g, h, n, ...) n
#define RECORD_COUNT(...) RECORD_9TH(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define RECORD_LAST_1(a) (a)
#define RECORD_LAST_2(a, b) (b)
#define RECORD_LAST_3(a, b, c) (c)
#define RECORD_LAST_4(a, b, c, d) (d)
#define RECORD_LAST_5(a, b, c, d, e) (e)
#define RECORD_LAST_6(a, b, c, d, e, f) (f)
#define RECORD_LAST_7(a, b, c, d, e, f, g) (g)
#define RECORD_LAST_8(a, b, c, d, e, f, g, h) (h)
#define RECORD_PASTE(a, b) a##b
#define RECORD_LAST_N(n) RECORD_PASTE(RECORD_LAST_, n)
#define RECORD_STATUS(...) (*RECORD_LAST_N(RECORD_COUNT(__VA_ARGS__))(__VA_ARGS__))

#define RECORD_VOID(function, ...) __extension__({				\
		static uint64_t seen_;						\
		function(__VA_ARGS__);						\
		record(#function, RECORD_STATUS(__VA_ARGS__), &seen_);		\
	})
#define RECORD_VALUE(function, ...) __extension__({				\
		static uint64_t seen_;						\
		__auto_type value_ = function(__VA_ARGS__);			\
		record(#function, RECORD_STATUS(__VA_ARGS__), &seen_);		\
		value_;								\
	})
/* Those without a status: they were called. */
#define RECORD_CALL(function, ...) __extension__({				\
		static uint64_t seen_;						\
		record(#function, MCAPI_SUCCESS, &seen_);			\
		function(__VA_ARGS__);						\
	})

#define mcapi_initialize(...) RECORD_VOID(mcapi_initialize, __VA_ARGS__)
#define mcapi_finalize(...) RECORD_VOID(mcapi_finalize, __VA_ARGS__)
#define mcapi_domain_id_get(...) RECORD_VALUE(mcapi_domain_id_get, __VA_ARGS__)
#define mcapi_node_id_get(...) RECORD_VALUE(mcapi_node_id_get, __VA_ARGS__)
#define mcapi_node_init_attributes(...) RECORD_VOID(mcapi_node_init_attributes, __VA_ARGS__)
#define mcapi_node_set_attribute(...) RECORD_VOID(mcapi_node_set_attribute, __VA_ARGS__)
#define mcapi_node_get_attribute(...) RECORD_VOID(mcapi_node_get_attribute, __VA_ARGS__)

#define mcapi_endpoint_create(...) RECORD_VALUE(mcapi_endpoint_create, __VA_ARGS__)
#define mcapi_endpoint_get_i(...) RECORD_VOID(mcapi_endpoint_get_i, __VA_ARGS__)
#define mcapi_endpoint_get(...) RECORD_VALUE(mcapi_endpoint_get, __VA_ARGS__)
#define mcapi_endpoint_delete(...) RECORD_VOID(mcapi_endpoint_delete, __VA_ARGS__)
#define mcapi_endpoint_get_attribute(...) RECORD_VOID(mcapi_endpoint_get_attribute, __VA_ARGS__)
#define mcapi_endpoint_set_attribute(...) RECORD_VOID(mcapi_endpoint_set_attribute, __VA_ARGS__)
#define mcapi_endpoint_release(...) RECORD_VOID(mcapi_endpoint_release, __VA_ARGS__)

#define mcapi_msg_send_i(...) RECORD_VOID(mcapi_msg_send_i, __VA_ARGS__)
#define mcapi_msg_send(...) RECORD_VOID(mcapi_msg_send, __VA_ARGS__)
#define mcapi_msg_recv_i(...) RECORD_VOID(mcapi_msg_recv_i, __VA_ARGS__)
#define mcapi_msg_recv(...) RECORD_VOID(mcapi_msg_recv, __VA_ARGS__)
#define mcapi_msg_available(...) RECORD_VALUE(mcapi_msg_available, __VA_ARGS__)

#define mcapi_pktchan_connect_i(...) RECORD_VOID(mcapi_pktchan_connect_i, __VA_ARGS__)
#define mcapi_pktchan_recv_open_i(...) RECORD_VOID(mcapi_pktchan_recv_open_i, __VA_ARGS__)
#define mcapi_pktchan_send_open_i(...) RECORD_VOID(mcapi_pktchan_send_open_i, __VA_ARGS__)
#define mcapi_pktchan_send_i(...) RECORD_VOID(mcapi_pktchan_send_i, __VA_ARGS__)
#define mcapi_pktchan_send(...) RECORD_VOID(mcapi_pktchan_send, __VA_ARGS__)
#define mcapi_pktchan_recv_i(...) RECORD_VOID(mcapi_pktchan_recv_i, __VA_ARGS__)
#define mcapi_pktchan_recv(...) RECORD_VOID(mcapi_pktchan_recv, __VA_ARGS__)
#define mcapi_pktchan_available(...) RECORD_VALUE(mcapi_pktchan_available, __VA_ARGS__)
#define mcapi_pktchan_release(...) RECORD_VOID(mcapi_pktchan_release, __VA_ARGS__)
#define mcapi_pktchan_release_test(...) RECORD_VALUE(mcapi_pktchan_release_test, __VA_ARGS__)
#define mcapi_pktchan_recv_close_i(...) RECORD_VOID(mcapi_pktchan_recv_close_i, __VA_ARGS__)
#define mcapi_pktchan_send_close_i(...) RECORD_VOID(mcapi_pktchan_send_close_i, __VA_ARGS__)

#define mcapi_sclchan_connect_i(...) RECORD_VOID(mcapi_sclchan_connect_i, __VA_ARGS__)
#define mcapi_sclchan_recv_open_i(...) RECORD_VOID(mcapi_sclchan_recv_open_i, __VA_ARGS__)
#define mcapi_sclchan_send_open_i(...) RECORD_VOID(mcapi_sclchan_send_open_i, __VA_ARGS__)
#define mcapi_sclchan_send_uint64(...) RECORD_VOID(mcapi_sclchan_send_uint64, __VA_ARGS__)
#define mcapi_sclchan_send_uint32(...) RECORD_VOID(mcapi_sclchan_send_uint32, __VA_ARGS__)
#define mcapi_sclchan_send_uint16(...) RECORD_VOID(mcapi_sclchan_send_uint16, __VA_ARGS__)
#define mcapi_sclchan_send_uint8(...) RECORD_VOID(mcapi_sclchan_send_uint8, __VA_ARGS__)
#define mcapi_sclchan_recv_uint64(...) RECORD_VALUE(mcapi_sclchan_recv_uint64, __VA_ARGS__)
#define mcapi_sclchan_recv_uint32(...) RECORD_VALUE(mcapi_sclchan_recv_uint32, __VA_ARGS__)
#define mcapi_sclchan_recv_uint16(...) RECORD_VALUE(mcapi_sclchan_recv_uint16, __VA_ARGS__)
#define mcapi_sclchan_recv_uint8(...) RECORD_VALUE(mcapi_sclchan_recv_uint8, __VA_ARGS__)
#define mcapi_sclchan_available(...) RECORD_VALUE(mcapi_sclchan_available, __VA_ARGS__)
#define mcapi_sclchan_recv_close_i(...) RECORD_VOID(mcapi_sclchan_recv_close_i, __VA_ARGS__)
#define mcapi_sclchan_send_close_i(...) RECORD_VOID(mcapi_sclchan_send_close_i, __VA_ARGS__)

#define mcapi_test(...) RECORD_VALUE(mcapi_test, __VA_ARGS__)
#define mcapi_wait(...) RECORD_VALUE(mcapi_wait, __VA_ARGS__)
#define mcapi_wait_any(...) RECORD_VALUE(mcapi_wait_any, __VA_ARGS__)
#define mcapi_cancel(...) RECORD_VOID(mcapi_cancel, __VA_ARGS__)
#define mcapi_display_status(...) RECORD_CALL(mcapi_display_status, __VA_ARGS__)
#define mcapi_set_debug_level(...) RECORD_CALL(mcapi_set_debug_level, __VA_ARGS__)
#define mcapi_display_state(...) RECORD_CALL(mcapi_display_state, __VA_ARGS__)

#endif /* RECORD_H */
