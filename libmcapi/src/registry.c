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

static pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct node *nodes;	/* all that ever were */
static struct node *forebears;	/* those of the processes that this one was forked from */
static uint64_t serials;

_Thread_local struct this_thread this_thread;

/* A forked child is no node: it lets go of the parent's descriptors and starts anew. */
static void forked(void)
{
	struct node **last = &nodes;

	for (; *last; last = &(*last)->next)
		if ((*last)->open)
			node_forget(*last);
	/* Their locks may be held by threads that are not here: never touch them again. */
	*last = forebears;
	forebears = nodes;
	nodes = NULL;
	this_thread = (struct this_thread){ 0 };
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

static uint64_t serial_of(struct node *node)
{
	return __atomic_load_n(&node->serial, __ATOMIC_RELAXED);
}

static void forget_mine(void)
{
	if (this_thread.owner)
		lock_disown(&this_thread.node->lock);
	this_thread.owner = false;
	this_thread.node = NULL;
}

/* The process's only node and its serial, or NULL. */
static struct node *only_node(uint64_t *serial)
{
	struct node *only = NULL;

	pthread_mutex_lock(&registry);
	for (struct node *node = nodes; node; node = node->next) {
		const uint64_t its = serial_of(node);

		if (!node->open || !its)
			continue;
		if (only) {
			only = NULL;
			break;
		}
		only = node;
		*serial = its;
	}
	pthread_mutex_unlock(&registry);
	return only;
}

struct node *node_enter_any(mcapi_status_t *status)
{
	struct node *node;
	uint64_t serial;

	if (this_thread.node)
		forget_mine();
	/* Should it end before we are in, another one may be the only one then. */
	while ((node = only_node(&serial)))
		if (node_come_in(node, serial))
			return node;
	detail("this thread has no node: call mcapi_initialize() first");
	*status = MCAPI_ERR_NODE_NOTINIT;
	return NULL;
}

static bool known(uint32_t domain, uint32_t number)
{
	for (struct node *node = nodes; node; node = node->next)
		if (node->open && node->domain == domain && node->number == number)
			return true;
	return false;
}

static struct node *unused(void)
{
	struct node *node = nodes;

	while (node && node->open)
		node = node->next;
	if (!node) {
		node = calloc(1, sizeof(*node));
		if (!node)
			return NULL;
		lock_init(&node->lock);
		node->next = nodes;
		nodes = node;
	}
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
		return failed(MCAPI_ERR_NODE_INITFAILED);
	this_thread.node = node;
	this_thread.owner = lock_own(&node->lock);
	this_thread.serial = ++serials;
	node->open = true;
	__atomic_store_n(&node->serial, this_thread.serial, __ATOMIC_RELAXED);
	return MCAPI_SUCCESS;
}

void mcapi_initialize(mcapi_domain_t domain_id, mcapi_node_t node_id,
		      mcapi_node_attributes_t *mcapi_node_attributes,
		      mcapi_param_t *init_parameters, mcapi_info_t *mcapi_info,
		      mcapi_status_t *mcapi_status)
{
	struct node *mine = this_thread.node;

	(void)init_parameters;
	this_thread.detail = false;
	pthread_once(&once, watch_forks);
	if (mine && serial_of(mine) == this_thread.serial) {
		detail("this thread is node %u:%u already", mine->domain, mine->number);
		*mcapi_status = MCAPI_ERR_NODE_INITIALIZED;
		return;
	}
	*mcapi_status = node_check_id(domain_id, node_id);
	if (*mcapi_status != MCAPI_SUCCESS)
		return;
	if (!mcapi_info || (mcapi_node_attributes && mcapi_node_attributes->type)) {
		*mcapi_status = failed(MCAPI_ERR_PARAMETER);
		return;
	}
	if (mine)
		forget_mine();
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
	struct node *node = node_enter(mcapi_status);

	if (!node)
		return;
	if (node->calls) {
		detail("another thread is inside a call of node %u:%u", node->domain,
		       node->number);
		*mcapi_status = MCAPI_ERR_NODE_FINALFAILED;
		node_leave(node);
		return;
	}
	/* Who waits for the lock will find that this is not the node it meant. */
	__atomic_store_n(&node->serial, 0, __ATOMIC_RELAXED);
	node_close(node);
	node_unlock(node);
	if (this_thread.node == node)
		forget_mine();
	pthread_mutex_lock(&registry);
	node->open = false;
	pthread_mutex_unlock(&registry);
	*mcapi_status = MCAPI_SUCCESS;
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
		*status = failed(MCAPI_ERR_PARAMETER);
	} else {
		size = stats->size < sizeof(*stats) ? stats->size : (uint32_t)sizeof(*stats);
		node->stats.size = size;
		memcpy(stats, &node->stats, size);
		*status = MCAPI_SUCCESS;
	}
	node_leave(node);
}
