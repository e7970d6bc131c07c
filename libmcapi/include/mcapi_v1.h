/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mcapi_v1.h - compile a program that was written for MCAPI 1.x
 *
 * Include it in place of mcapi.h. It gives the 1.x names, argument orders and
 * status names. What is different all the same:
 *
 * - MCAPI_SUCCESS is not 0: compare with the name.
 * - 1.x has no domains. All nodes of such a program are in MCAPI_V1_DOMAIN,
 *   which may be defined before this header is included.
 * - MCAPI_EREQ_TIMEOUT is what a wait says that ran into its timeout; in
 *   milliseconds here.
 */
#ifndef MCAPI_V1_H
#define MCAPI_V1_H

#include "mcapi.h"

#ifndef MCAPI_V1_DOMAIN
#define MCAPI_V1_DOMAIN 0u
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef char mcapi_version_t[20];

/* ---- status names ---- */

#define MCAPI_ENO_INIT		MCAPI_ERR_NODE_INITFAILED
#define MCAPI_INITIALIZED	MCAPI_ERR_NODE_INITIALIZED
#define MCAPI_ENOT_INIT		MCAPI_ERR_NODE_NOTINIT
#define MCAPI_ENO_FINAL		MCAPI_ERR_NODE_FINALFAILED
#define MCAPI_EPARAM		MCAPI_ERR_PARAMETER
#define MCAPI_ENODE_NOTVALID	MCAPI_ERR_NODE_INVALID
#define MCAPI_EPORT_NOTVALID	MCAPI_ERR_PORT_INVALID
#define MCAPI_ENOT_ENDP		MCAPI_ERR_ENDP_INVALID
#define MCAPI_ENO_ENDPOINT	MCAPI_ERR_ENDP_INVALID
#define MCAPI_EENDP_ISCREATED	MCAPI_ERR_ENDP_EXISTS
#define MCAPI_EENDP_LIMIT	MCAPI_ERR_ENDP_LIMIT
#define MCAPI_EEP_NOTALLOWED	MCAPI_ERR_ENDP_REMOTE
#define MCAPI_ENOT_OWNER	MCAPI_ERR_ENDP_NOTOWNER
#define MCAPI_EATTR_INCOMP	MCAPI_ERR_ATTR_INCOMPATIBLE
#define MCAPI_EATTR_NUM		MCAPI_ERR_ATTR_NUM
#define MCAPI_EATTR_SIZE	MCAPI_ERR_ATTR_SIZE
#define MCAPI_EREAD_ONLY	MCAPI_ERR_ATTR_READONLY
#define MCAPI_EMESS_LIMIT	MCAPI_ERR_MSG_SIZE
#define MCAPI_ETRUNCATED	MCAPI_ERR_MSG_TRUNCATED
#define MCAPI_EPRIO		MCAPI_ERR_PRIORITY
#define MCAPI_ETRANSMISSION	MCAPI_ERR_TRANSMISSION
#define MCAPI_ENO_BUFFER	MCAPI_ERR_MEM_LIMIT
#define MCAPI_ENO_MEM		MCAPI_ERR_MEM_LIMIT
#define MCAPI_ECONNECTED	MCAPI_ERR_CHAN_CONNECTED
#define MCAPI_ENOT_CONNECTED	MCAPI_ERR_CHAN_INVALID
#define MCAPI_ECHAN_OPEN	MCAPI_ERR_CHAN_OPEN
#define MCAPI_ECHAN_TYPE	MCAPI_ERR_CHAN_TYPE
#define MCAPI_EDIR		MCAPI_ERR_CHAN_DIRECTION
#define MCAPI_ENOT_OPEN		MCAPI_ERR_CHAN_NOTOPEN
#define MCAPI_ENOT_HANDLE	MCAPI_ERR_CHAN_INVALID
#define MCAPI_EPACK_LIMIT	MCAPI_ERR_PKT_SIZE
#define MCAPI_ESCL_SIZE		MCAPI_ERR_SCL_SIZE
#define MCAPI_ENOT_VALID_BUF	MCAPI_ERR_BUF_INVALID
#define MCAPI_ENO_REQUEST	MCAPI_ERR_REQUEST_LIMIT
#define MCAPI_ENOTREQ_HANDLE	MCAPI_ERR_REQUEST_INVALID
#define MCAPI_EREQ_CANCELED	MCAPI_ERR_REQUEST_CANCELLED
#define MCAPI_EREQ_TIMEOUT	MCAPI_TIMEOUT
#define MCAPI_EREQ_PENDING	MCAPI_PENDING
#define MCAPI_INCOMPLETE	MCAPI_PENDING

/* ---- functions whose name is the same and whose arguments are not ---- */

static inline void mcapi_v1_initialize(mcapi_node_t node_id, mcapi_version_t *mcapi_version,
				       mcapi_status_t *mcapi_status)
{
	static const char version[] = "2.015";
	mcapi_info_t info;
	size_t i;

	mcapi_initialize(MCAPI_V1_DOMAIN, node_id, NULL, NULL, &info, mcapi_status);
	if (*mcapi_status == MCAPI_SUCCESS && mcapi_version)
		for (i = 0; i < sizeof(version); i++)
			(*mcapi_version)[i] = version[i];
}

static inline mcapi_boolean_t mcapi_v1_wait(mcapi_request_t *request, size_t *size,
					    mcapi_status_t *mcapi_status, mcapi_timeout_t timeout)
{
	return mcapi_wait(request, size, timeout, mcapi_status);
}

static inline mcapi_int_t mcapi_v1_wait_any(size_t number, mcapi_request_t **requests,
					    size_t *size, mcapi_status_t *mcapi_status,
					    mcapi_timeout_t timeout)
{
	return (mcapi_int_t)mcapi_wait_any(number, requests, size, timeout, mcapi_status);
}

#define mcapi_initialize(node, version, status)	mcapi_v1_initialize(node, version, status)
#define mcapi_wait(request, size, status, timeout) \
	mcapi_v1_wait(request, size, status, timeout)
#define mcapi_wait_any(number, requests, size, status, timeout) \
	mcapi_v1_wait_any(number, requests, size, status, timeout)

/* ---- functions that have another name now ---- */

#define mcapi_get_node_id(status)	mcapi_node_id_get(status)
#define mcapi_create_endpoint(port, status) \
	mcapi_endpoint_create(port, status)
#define mcapi_create_anonymous_endpoint(status) \
	mcapi_endpoint_create(MCAPI_PORT_ANY, status)
#define mcapi_get_endpoint_i(node, port, endpoint, request, status) \
	mcapi_endpoint_get_i(MCAPI_V1_DOMAIN, node, port, endpoint, request, status)
#define mcapi_get_endpoint(node, port, status) \
	mcapi_endpoint_get(MCAPI_V1_DOMAIN, node, port, MCAPI_TIMEOUT_INFINITE, status)
#define mcapi_delete_endpoint(endpoint, status) \
	mcapi_endpoint_delete(endpoint, status)
#define mcapi_get_endpoint_attribute(endpoint, number, attribute, size, status) \
	mcapi_endpoint_get_attribute(endpoint, number, attribute, size, status)
#define mcapi_set_endpoint_attribute(endpoint, number, attribute, size, status) \
	mcapi_endpoint_set_attribute(endpoint, number, attribute, size, status)

#define mcapi_connect_pktchan_i(send_endpoint, receive_endpoint, request, status) \
	mcapi_pktchan_connect_i(send_endpoint, receive_endpoint, request, status)
#define mcapi_open_pktchan_recv_i(handle, endpoint, request, status) \
	mcapi_pktchan_recv_open_i(handle, endpoint, request, status)
#define mcapi_open_pktchan_send_i(handle, endpoint, request, status) \
	mcapi_pktchan_send_open_i(handle, endpoint, request, status)
#define mcapi_pktchan_free(buffer, status) \
	mcapi_pktchan_release(buffer, status)
#define mcapi_packetchan_recv_close_i(handle, request, status) \
	mcapi_pktchan_recv_close_i(handle, request, status)
#define mcapi_packetchan_send_close_i(handle, request, status) \
	mcapi_pktchan_send_close_i(handle, request, status)

#define mcapi_connect_sclchan_i(send_endpoint, receive_endpoint, request, status) \
	mcapi_sclchan_connect_i(send_endpoint, receive_endpoint, request, status)
#define mcapi_open_sclchan_recv_i(handle, endpoint, request, status) \
	mcapi_sclchan_recv_open_i(handle, endpoint, request, status)
#define mcapi_open_sclchan_send_i(handle, endpoint, request, status) \
	mcapi_sclchan_send_open_i(handle, endpoint, request, status)

#ifdef __cplusplus
}
#endif

#endif /* MCAPI_V1_H */
