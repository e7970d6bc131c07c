/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * registry.c - the nodes of this process, and which one a thread means
 *
 * A thread is bound to the node that it initialised; a thread without one uses
 * the process's only node. Structures of ended nodes are kept and used again, so
 * that a thread that still knows one finds out by its serial number.
 */
#include <stdlib.h>
#include <string.h>

#include "node.h"

enum node_state { NODE_IDLE, NODE_OPEN, NODE_CLOSING };

static pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct node *nodes;	/* all that ever were */
static uint64_t serials;

static _Thread_local struct {
	struct node *node;
	uint64_t serial;
} mine;

static int state_of(struct node *node)
{
	return __atomic_load_n(&node->state, __ATOMIC_SEQ_CST);
}

static void set_state(struct node *node, enum node_state state)
{
	__atomic_store_n(&node->state, state, __ATOMIC_SEQ_CST);
}

/* A forked child is no node: it lets go of the parent's descriptors and starts anew. */
static void forked(void)
{
	for (struct node *node = nodes; node; node = node->next) {
		if (state_of(node) != NODE_IDLE)
			node_forget(node);
		set_state(node, NODE_IDLE);
		node->inside = 0;
	}
	/* Their locks may be held by threads that are not here: never touch them again. */
	nodes = NULL;
	mine.node = NULL;
	pthread_mutex_unlock(&registry);
}

static void before_fork(void)
{
	pthread_mutex_lock(&registry);
}

static void after_fork(void)
{
	pthread_mutex_unlock(&registry);
}

static void watch_forks(void)
{
	pthread_atfork(before_fork, after_fork, forked);
}

/* Counts the caller in, unless the node is not the one it means or is being closed. */
static bool come_in(struct node *node, uint64_t serial)
{
	__atomic_fetch_add(&node->inside, 1, __ATOMIC_SEQ_CST);
	if (state_of(node) == NODE_OPEN && node->serial == serial)
		return true;
	__atomic_fetch_sub(&node->inside, 1, __ATOMIC_SEQ_CST);
	return false;
}

static struct node *only_node(void)
{
	struct node *only = NULL;

	for (struct node *node = nodes; node; node = node->next) {
		if (state_of(node) != NODE_OPEN)
			continue;
		if (only)
			return NULL;
		only = node;
	}
	return only;
}

static struct node *find(void)
{
	struct node *node;

	if (mine.node && come_in(mine.node, mine.serial))
		return mine.node;
	/* Again under the lock: a finalize that fails only passes through its closing state. */
	pthread_mutex_lock(&registry);
	if (mine.node && come_in(mine.node, mine.serial)) {
		node = mine.node;
	} else {
		mine.node = NULL;
		node = only_node();
		if (node && !come_in(node, node->serial))
			node = NULL;
	}
	pthread_mutex_unlock(&registry);
	return node;
}

struct node *node_enter(mcapi_status_t *status)
{
	struct node *node = find();

	detail_clear();
	if (!node) {
		detail("this thread has no node: call mcapi_initialize() first");
		*status = MCAPI_ERR_NODE_NOTINIT;
		return NULL;
	}
	pthread_mutex_lock(&node->lock);
	return node;
}

void node_leave(struct node *node)
{
	node_wake_sleeper(node);
	pthread_mutex_unlock(&node->lock);
	__atomic_fetch_sub(&node->inside, 1, __ATOMIC_SEQ_CST);
}

static bool known(uint32_t domain, uint32_t number)
{
	for (struct node *node = nodes; node; node = node->next)
		if (state_of(node) != NODE_IDLE && node->domain == domain &&
		    node->number == number)
			return true;
	return false;
}

static struct node *unused(void)
{
	struct node *node = nodes;

	while (node && (state_of(node) != NODE_IDLE || node->inside))
		node = node->next;
	if (!node) {
		node = calloc(1, sizeof(*node));
		if (!node)
			return NULL;
		node->next = nodes;
		nodes = node;
	}
	node->serial = ++serials;
	return node;
}

mcapi_status_t node_check_id(mcapi_domain_t domain, mcapi_node_t number)
{
	if (domain > MCAPI_MAX_DOMAIN) {
		detail("domain %u is not in 0..%u", domain, MCAPI_MAX_DOMAIN);
		return MCAPI_ERR_DOMAIN_INVALID;
	}
	if (number > MCAPI_MAX_NODE) {
		detail("node %u is not in 0..%u", number, MCAPI_MAX_NODE);
		return MCAPI_ERR_NODE_INVALID;
	}
	return MCAPI_SUCCESS;
}

static mcapi_status_t initialize(uint32_t domain, uint32_t number)
{
	struct node *node;

	if (known(domain, number)) {
		detail("node %u:%u is initialised in this process", domain, number);
		return MCAPI_ERR_NODE_INITIALIZED;
	}
	node = unused();
	if (!node || !node_open(node, domain, number))
		return MCAPI_ERR_NODE_INITFAILED;
	set_state(node, NODE_OPEN);
	mine.node = node;
	mine.serial = node->serial;
	return MCAPI_SUCCESS;
}

void mcapi_initialize(mcapi_domain_t domain_id, mcapi_node_t node_id,
		      mcapi_node_attributes_t *mcapi_node_attributes,
		      mcapi_param_t *init_parameters, mcapi_info_t *mcapi_info,
		      mcapi_status_t *mcapi_status)
{
	(void)init_parameters;
	detail_clear();
	pthread_once(&once, watch_forks);
	if (mine.node && come_in(mine.node, mine.serial)) {
		__atomic_fetch_sub(&mine.node->inside, 1, __ATOMIC_SEQ_CST);
		detail("this thread is node %u:%u already", mine.node->domain, mine.node->number);
		*mcapi_status = MCAPI_ERR_NODE_INITIALIZED;
		return;
	}
	*mcapi_status = node_check_id(domain_id, node_id);
	if (*mcapi_status != MCAPI_SUCCESS)
		return;
	if (!mcapi_info || (mcapi_node_attributes && mcapi_node_attributes->type)) {
		*mcapi_status = MCAPI_ERR_PARAMETER;
		return;
	}
	pthread_mutex_lock(&registry);
	*mcapi_status = initialize(domain_id, node_id);
	pthread_mutex_unlock(&registry);
	if (*mcapi_status != MCAPI_SUCCESS)
		return;
	*mcapi_info = (mcapi_info_t){
		.mcapi_version = MCAPI_VERSION,
		.implementation_version = LIBMCAPI_VERSION,
		.number_of_domains = MCAPI_MAX_DOMAIN + 1,
		.number_of_nodes = MCAPI_MAX_NODE + 1,
		.number_of_ports = MCAPI_MAX_PORT,
	};
}

void mcapi_finalize(mcapi_status_t *mcapi_status)
{
	struct node *node = find();

	detail_clear();
	if (!node) {
		*mcapi_status = MCAPI_ERR_NODE_NOTINIT;
		return;
	}
	pthread_mutex_lock(&registry);
	set_state(node, NODE_CLOSING);
	if (__atomic_load_n(&node->inside, __ATOMIC_SEQ_CST) > 1) {
		set_state(node, NODE_OPEN);
		detail("another thread is inside a call of node %u:%u", node->domain,
		       node->number);
		*mcapi_status = MCAPI_ERR_NODE_FINALFAILED;
	} else {
		node_close(node);
		set_state(node, NODE_IDLE);
		mine.node = NULL;
		*mcapi_status = MCAPI_SUCCESS;
	}
	pthread_mutex_unlock(&registry);
	__atomic_fetch_sub(&node->inside, 1, __ATOMIC_SEQ_CST);
}

mcapi_domain_t mcapi_domain_id_get(mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	mcapi_domain_t domain;

	if (!node)
		return MCAPI_DOMAIN_INVALID;
	domain = node->domain;
	*mcapi_status = MCAPI_SUCCESS;
	node_leave(node);
	return domain;
}

mcapi_node_t mcapi_node_id_get(mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	mcapi_node_t number;

	if (!node)
		return MCAPI_NODE_INVALID;
	number = node->number;
	*mcapi_status = MCAPI_SUCCESS;
	node_leave(node);
	return number;
}

void mcapix_stats_get(struct mcapix_stats *stats, mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	uint32_t size;

	if (!node)
		return;
	if (!stats || stats->size < sizeof(stats->size)) {
		*status = MCAPI_ERR_PARAMETER;
	} else {
		size = stats->size < sizeof(*stats) ? stats->size : (uint32_t)sizeof(*stats);
		node->stats.size = size;
		memcpy(stats, &node->stats, size);
		*status = MCAPI_SUCCESS;
	}
	node_leave(node);
}
