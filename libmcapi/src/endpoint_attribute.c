/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * endpoint_attribute.c - attributes of endpoints: own ones from private memory,
 * those of other nodes from their directories
 */
#include <string.h>

#include "channel.h"
#include "directory.h"

static size_t size_of(mcapi_uint_t number)
{
	return number == MCAPI_ENDP_ATTR_GET_SOURCE ? sizeof(mcapi_endp_get_source_t) :
						      sizeof(mcapi_uint_t);
}

static bool read_only(mcapi_uint_t number)
{
	switch (number) {
	case MCAPI_ENDP_ATTR_GET_COUNT:
	case MCAPI_ENDP_ATTR_GET_SOURCE:
	case MCAPI_ENDP_ATTR_NUM_SEND_BUFFERS:
	case MCAPI_ENDP_ATTR_NUM_RECV_BUFFERS:
	case MCAPI_ENDP_ATTR_ENDP_STATUS:
		return true;
	default:
		return false;
	}
}

static bool value_allowed(mcapi_uint_t number, uint32_t value)
{
	switch (number) {
	case MCAPI_ENDP_ATTR_TYPE:
		return value == MCAPI_ENDP_TYPE_MESSAGE || value == MCAPI_ENDP_TYPE_PKTCHAN ||
		       value == MCAPI_ENDP_TYPE_SCLCHAN;
	case MCAPI_ENDP_ATTR_MAX_PAYLOAD_SIZE:
		return value <= MCAPI_MAX_PACKET_SIZE;
	case MCAPI_ENDP_ATTR_BUFFER_TYPE:
		return value == MCAPI_ENDP_ATTR_FIFO_BUFFER;
	case MCAPI_ENDP_ATTR_MEMORY_TYPE:
		return (value & ~MCAPI_ENDP_ATTR_FAIL_ON_LIMIT) <= MCAPI_ENDP_ATTR_REMOTE_MEMORY;
	case MCAPI_ENDP_ATTR_NUM_PRIORITIES:
		return value && value <= ENDPOINT_PRIORITIES;
	case MCAPI_ENDP_ATTR_PRIORITY:
		return value < ENDPOINT_PRIORITIES;
	default:
		return true;
	}
}

static mcapi_status_t check(mcapi_uint_t number, const void *value, size_t size)
{
	if (!value)
		return failed(MCAPI_ERR_PARAMETER);
	if (number >= MCAPI_ENDP_ATTR_END) {
		detail("endpoints have no attribute %u", number);
		return MCAPI_ERR_ATTR_NUM;
	}
	if (size != size_of(number)) {
		detail("attribute %u of an endpoint has %zu bytes, not %zu", number,
		       size_of(number), size);
		return MCAPI_ERR_ATTR_SIZE;
	}
	return MCAPI_SUCCESS;
}

/* All attributes of any endpoint; false with a detail. */
static bool look_up(struct node *node, mcapi_endpoint_t handle, struct peer **peer,
		    uint32_t attr[MCAPI_WIRE_ATTRS])
{
	struct mcapi_wire_endpoint line;
	const struct endpoint *own;
	mcapi_status_t status;
	uint32_t entry;

	node_progress(node);
	*peer = handle_valid(handle) ? node_route(node, handle_domain(handle),
						  handle_node(handle)) : NULL;
	if (*peer && handle_own(node, handle)) {
		own = endpoint_own(node, handle, &status);
		if (own)
			memcpy(attr, own->attr, sizeof(own->attr));
		return own;
	}
	if (*peer && peer_lives(*peer) && !(*peer)->faulted &&
	    directory_find(*peer, handle_port(handle), &entry, &line)) {
		memcpy(attr, line.attr, sizeof(line.attr));
		return true;
	}
	detail("0x%08x is no endpoint of any node that is there", handle);
	return false;
}

static mcapi_status_t get(struct node *node, mcapi_endpoint_t handle, mcapi_uint_t number,
			  void *value, size_t size)
{
	uint32_t attr[MCAPI_WIRE_ATTRS];
	mcapi_endp_get_source_t source;
	mcapi_status_t status;
	struct peer *peer;
	bool connected;

	if (!look_up(node, handle, &peer, attr))
		return MCAPI_ERR_ENDP_INVALID;
	connected = attr[MCAPI_ENDP_ATTR_ENDP_STATUS] & MCAPI_ENDP_ATTR_STATUS_CONNECTED;
	status = check(number, value, size);
	if (status != MCAPI_SUCCESS)
		return status;
	switch (number) {
	case MCAPI_ENDP_ATTR_GET_SOURCE:
		source.domain_id = handle_domain(attr[number]);
		source.node_id = handle_node(attr[number]);
		if (!attr[MCAPI_ENDP_ATTR_GET_COUNT]) {
			source.domain_id = MCAPI_DOMAIN_INVALID;
			source.node_id = MCAPI_NODE_INVALID;
		}
		memcpy(value, &source, sizeof(source));
		return MCAPI_SUCCESS;
	case MCAPI_ENDP_ATTR_NUM_SEND_BUFFERS:
		if (!handle_own(node, handle)) {
			detail("only the node of an endpoint knows how much it can send");
			return MCAPI_ERR_ATTR_NOTSUPPORTED;
		}
		attr[number] = request_room(node);
		break;
	case MCAPI_ENDP_ATTR_NUM_RECV_BUFFERS:
		attr[number] = connected ? channel_room(node, handle) :
					   peer_room(peer, handle_port(handle));
		break;
	case MCAPI_ENDP_ATTR_GET_COUNT:
		/* Who connects has got it, by that if not before. */
		if (connected && !attr[number])
			attr[number] = 1;
		break;
	default:
		break;
	}
	memcpy(value, &attr[number], size);
	return MCAPI_SUCCESS;
}

void mcapi_endpoint_get_attribute(mcapi_endpoint_t endpoint, mcapi_uint_t attribute_num,
				  void *attribute, size_t attribute_size,
				  mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);

	if (!node)
		return;
	*mcapi_status = get(node, endpoint, attribute_num, attribute, attribute_size);
	node_leave(node);
}

static mcapi_status_t set(struct node *node, mcapi_endpoint_t handle, mcapi_uint_t number,
			  const void *attribute, size_t size)
{
	struct endpoint *endpoint;
	mcapi_status_t status;
	uint32_t value;

	if (endpoint_foreign(node, handle))
		return MCAPI_ERR_ENDP_REMOTE;
	endpoint = endpoint_own(node, handle, &status);
	if (!endpoint)
		return status;
	status = check(number, attribute, size);
	if (status != MCAPI_SUCCESS)
		return status;
	/* The other end of its channel may have closed. */
	node_progress(node);
	if (read_only(number)) {
		detail("attribute %u of an endpoint can only be read", number);
		return MCAPI_ERR_ATTR_READONLY;
	}
	if (endpoint->attr[MCAPI_ENDP_ATTR_ENDP_STATUS] & MCAPI_ENDP_ATTR_STATUS_CONNECTED) {
		detail("the endpoint is connected: attributes are set before");
		return MCAPI_ERR_CHAN_CONNECTED;
	}
	memcpy(&value, attribute, sizeof(value));
	if (!value_allowed(number, value)) {
		detail("attribute %u of an endpoint cannot be 0x%x", number, value);
		return MCAPI_ERR_ATTR_VALUE;
	}
	directory_set(endpoint, number, value);
	return MCAPI_SUCCESS;
}

void mcapi_endpoint_set_attribute(mcapi_endpoint_t endpoint, mcapi_uint_t attribute_num,
				  const void *attribute, size_t attribute_size,
				  mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);

	if (!node)
		return;
	*mcapi_status = set(node, endpoint, attribute_num, attribute, attribute_size);
	node_leave(node);
}
