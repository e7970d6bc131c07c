/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * node_attribute.c - attributes of nodes, of which there is one: the type
 */
#include <string.h>

#include "node.h"
#include "peer.h"

void mcapi_node_init_attributes(mcapi_node_attributes_t *node_attributes,
				mcapi_status_t *mcapi_status)
{
	this_thread.detail = false;
	if (!node_attributes) {
		*mcapi_status = failed(MCAPI_ERR_PARAMETER);
		return;
	}
	memset(node_attributes, 0, sizeof(*node_attributes));
	node_attributes->type = MCAPI_NODE_ATTR_TYPE_REGULAR;
	*mcapi_status = MCAPI_SUCCESS;
}

static mcapi_status_t check(mcapi_uint_t number, const void *value, size_t size)
{
	if (!value)
		return failed(MCAPI_ERR_PARAMETER);
	if (number >= MCAPI_NODE_ATTR_END) {
		detail("nodes have no attribute %u", number);
		return MCAPI_ERR_ATTR_NUM;
	}
	if (size != sizeof(mcapi_uint_t)) {
		detail("attribute %u of a node has %zu bytes, not %zu", number,
		       sizeof(mcapi_uint_t), size);
		return MCAPI_ERR_ATTR_SIZE;
	}
	return MCAPI_SUCCESS;
}

void mcapi_node_set_attribute(mcapi_node_attributes_t *node_attributes, mcapi_uint_t attribute_num,
			      void *attribute, size_t attribute_size,
			      mcapi_status_t *mcapi_status)
{
	mcapi_uint_t type;

	this_thread.detail = false;
	*mcapi_status = node_attributes ? check(attribute_num, attribute, attribute_size) :
					  failed(MCAPI_ERR_PARAMETER);
	if (*mcapi_status != MCAPI_SUCCESS)
		return;
	memcpy(&type, attribute, sizeof(type));
	if (type != MCAPI_NODE_ATTR_TYPE_REGULAR) {
		detail("there are no nodes of type %u", type);
		*mcapi_status = MCAPI_ERR_ATTR_VALUE;
		return;
	}
	node_attributes->type = type;
}

void mcapi_node_get_attribute(mcapi_domain_t domain_id, mcapi_node_t node_id,
			      mcapi_uint_t attribute_num, void *attribute, size_t attribute_size,
			      mcapi_status_t *mcapi_status)
{
	const mcapi_uint_t type = MCAPI_NODE_ATTR_TYPE_REGULAR;
	struct node *node = node_enter(mcapi_status);
	struct peer *peer;

	if (!node)
		return;
	*mcapi_status = node_check_id(domain_id, node_id);
	if (*mcapi_status == MCAPI_SUCCESS)
		*mcapi_status = check(attribute_num, attribute, attribute_size);
	if (*mcapi_status == MCAPI_SUCCESS) {
		node_progress(node);
		peer = node_route(node, domain_id, node_id);
		if (peer && peer_lives(peer)) {
			memcpy(attribute, &type, sizeof(type));
		} else {
			detail("node %u:%u is not there", domain_id, node_id);
			*mcapi_status = MCAPI_ERR_NODE_INVALID;
		}
	}
	node_leave(node);
}
