/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * peer_info.c - what a program can learn of the other nodes
 */
#include <stdio.h>

#include "node.h"
#include "peer.h"

static bool fill(struct mcapix_peer *info, struct peer *peer)
{
	const uint32_t size = info->size;

	if (size < sizeof(*info))
		return false;
	*info = (struct mcapix_peer){
		.size = sizeof(*info),
		.domain = peer->domain,
		.node = peer->number,
		.state = peer->faulted ? MCAPIX_PEER_CUT_OFF :
			 peer_lives(peer) ? MCAPIX_PEER_LIVE : MCAPIX_PEER_GONE,
		.held = peer->held,
	};
	snprintf(info->link, sizeof(info->link), "%s", peer->link->name);
	return true;
}

void mcapix_peer_get(mcapi_domain_t domain, mcapi_node_t number, struct mcapix_peer *info,
		     mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct peer *peer;

	if (!node)
		return;
	*status = node_check_id(domain, number);
	if (*status == MCAPI_SUCCESS) {
		node_progress(node);
		peer = node_route(node, domain, number);
		if (!peer) {
			detail("node %u:%u is not there", domain, number);
			*status = MCAPI_ERR_NODE_INVALID;
		} else if (!info || !fill(info, peer)) {
			*status = failed(MCAPI_ERR_PARAMETER);
		}
	}
	node_leave(node);
}

/* The one with the least name above @after, or NULL; names are domain << 8 | number. */
static struct peer *next(struct node *node, int64_t after)
{
	struct peer *best = NULL, *peer;
	int64_t least = INT64_MAX;

	for (struct link *link = node->links; link; link = link->next)
		link_for_each_peer(link, peer) {
			const int64_t name = peer->domain << 8 | peer->number;

			if (node_route(node, peer->domain, peer->number) == peer &&
			    name > after && name < least) {
				least = name;
				best = peer;
			}
		}
	return best;
}

mcapi_boolean_t mcapix_peer_next(struct mcapix_peer *info, mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct peer *peer = NULL;

	if (!node)
		return MCAPI_FALSE;
	*status = info && info->size >= sizeof(*info) ? MCAPI_SUCCESS : failed(MCAPI_ERR_PARAMETER);
	if (*status == MCAPI_SUCCESS) {
		node_progress(node);
		peer = next(node, info->domain == MCAPI_DOMAIN_INVALID ? -1 :
				  (int64_t)info->domain << 8 | info->node);
		if (peer)
			fill(info, peer);
	}
	node_leave(node);
	return peer ? MCAPI_TRUE : MCAPI_FALSE;
}
