/* SPDX-License-Identifier: BSD-3-Clause */
#include "event.h"

#include "node.h"
#include "watch.h"

/* A program that never asks loses the oldest, and nothing else. */
void event_add(struct node *node, enum mcapix_event_kind kind, uint32_t domain, uint32_t number)
{
	struct event_queue *queue = &node->events;

	if (domain == node->domain && number == node->number)
		return;
	if (queue->next - queue->first == EVENTS_KEPT)
		queue->first++;
	queue->kept[queue->next % EVENTS_KEPT].kind = (uint8_t)kind;
	queue->kept[queue->next % EVENTS_KEPT].domain = (uint8_t)domain;
	queue->kept[queue->next % EVENTS_KEPT].node = (uint8_t)number;
	queue->next++;
	node->tell = queue->callback;
}

static bool any(void *arg)
{
	const struct node *node = arg;

	return node->events.next != node->events.first;
}

int mcapix_node_fd(mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	int fd;

	if (!node)
		return -1;
	fd = watch_fd(node, &node->events.watch, any, node, status);
	node_leave(node);
	return fd;
}

static struct mcapix_event take(struct node *node)
{
	const uint32_t at = node->events.first++ % EVENTS_KEPT;

	return (struct mcapix_event){
		.size = sizeof(struct mcapix_event),
		.kind = node->events.kept[at].kind,
		.domain = node->events.kept[at].domain,
		.node = node->events.kept[at].node,
	};
}

void event_tell(struct node *node)
{
	struct event_queue *queue = &node->events;

	node->tell = false;
	if (queue->telling)
		return;		/* who tells goes on until there are no more */
	queue->telling = true;
	/* The node cannot end while a call is inside. */
	node->calls++;
	while (queue->callback && any(node)) {
		const struct mcapix_event event = take(node);
		const mcapix_event_function callback = queue->callback;
		void *arg = queue->arg;
		struct said said;

		detail_keep(&said);
		node_unlock(node);
		callback(arg, &event);
		node_lock(node);
		detail_restore(&said);
	}
	node->calls--;
	queue->telling = false;
}

void mcapix_event_callback(mcapix_event_function callback, void *arg, mcapi_status_t *status)
{
	struct node *node = node_enter(status);

	if (!node)
		return;
	node->events.callback = callback;
	node->events.arg = arg;
	node->tell = callback && any(node);
	*status = MCAPI_SUCCESS;
	node_leave(node);
}

mcapi_boolean_t mcapix_event_get(struct mcapix_event *event, mcapi_timeout_t timeout,
				 mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	bool got;

	if (!node)
		return MCAPI_FALSE;
	if (!event || event->size < sizeof(*event)) {
		*status = failed(MCAPI_ERR_PARAMETER);
		node_leave(node);
		return MCAPI_FALSE;
	}
	node->events.awaited++;
	got = node_wait(node, any, node, node_deadline(timeout));
	node->events.awaited--;
	*status = got ? MCAPI_SUCCESS : MCAPI_TIMEOUT;
	if (got)
		*event = take(node);
	node_leave(node);
	return got ? MCAPI_TRUE : MCAPI_FALSE;
}
