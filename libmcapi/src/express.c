/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * express.c - a blocking call that has nothing to wait for and a small message
 *
 * Whatever is not as usual goes the long way: message_send(), message_receive().
 *
 * What counts here is how many stores a message costs, private ones included. A
 * processor commits stores in order, out of a buffer of some dozens. The store to a
 * slot waits there until the receiver's processor has given up the line, and all
 * later stores wait behind it. With 40 stores for a message, one line moves at a
 * time; with ten, five. So there are no calls here, which would save registers
 * and return addresses, and nothing is stored that can be known without.
 */
#include "message.h"
#include "queue.h"

#define TAKES_PER_LOOK 16u	/* messages between two looks at others */

/*
 * How often to look at the rings alone before all else is looked at, too: an answer of
 * a peer that is awake comes within that.
 */
#define BURST 1000u

#define likely(expression) __builtin_expect(!!(expression), 1)

/* The calling thread's node if its lock is biased to this thread, and taken now. */
static inline struct node *enter(void)
{
	struct node *node = this_thread.node;

	if (!likely(this_thread.owner && !this_thread.detail && lock_try(&node->lock)))
		return NULL;
	return node;
}

static inline bool as_usual(const struct node *node)
{
	return likely(__atomic_load_n(&node->serial, __ATOMIC_RELAXED) == this_thread.serial &&
		      !node->watcher);
}

/* The way out when somebody sleeps. */
__attribute__((noinline))
static void ring_and_leave(struct node *node, struct peer *peer)
{
	peer_ring(peer);
	node_leave(node);
}

/* May @size bytes go from @endpoint, by its attributes? */
static inline bool allowed(const struct endpoint *endpoint, const void *buffer, size_t size,
			   mcapi_priority_t prio)
{
	return likely(endpoint && !endpoint->channel && size <= MCAPI_WIRE_INLINE &&
		      (buffer || !size) &&
		      size <= endpoint->attr[MCAPI_ENDP_ATTR_MAX_PAYLOAD_SIZE] &&
		      prio < endpoint->attr[MCAPI_ENDP_ATTR_NUM_PRIORITIES]);
}

/* The flow to an endpoint that takes one more message; NULL if that is not sure. */
static inline struct flow *flow_to(struct peer *peer, uint16_t port)
{
	struct flow *flow = peer->flows[port >> 8];

	if (!likely(flow))
		return NULL;
	flow += port & 0xff;
	return likely(flow->out.gen && peer_glance(&flow->out.line->gen) == flow->out.gen &&
		      peer_glance(&flow->out.line->attr[MCAPI_WIRE_ATTR_TYPE]) ==
		      MCAPI_WIRE_TYPE_MESSAGE &&
		      flow->out.outstanding < flow->out.credit) ? flow : NULL;
}

static inline bool send(struct node *node, mcapi_endpoint_t from, mcapi_endpoint_t to,
			const void *buffer, size_t size, mcapi_priority_t prio,
			mcapi_status_t *status)
{
	struct peer *peer;
	struct flow *flow;
	uint64_t route;

	if (!likely(as_usual(node) && handle_own(node, from) && !node->sends &&
		    allowed(node->ports[handle_port(from)], buffer, size, prio)))
		return false;
	peer = node->routes[to >> 16];
	/* Now and then the long way, which asks whether the peer lives. */
	if (!likely(peer && peer->smooth && peer->out.prod % PEER_UNASKED && peer_owned(peer) &&
		    !ring_full(&peer->out) && prio >= peer->last_prio))
		return false;
	flow = flow_to(peer, handle_port(to));
	if (!likely(flow))
		return false;
	route = flow->out.route | handle_port(from) | (uint64_t)prio << RING_ROUTE_PRIO;
	if (prio != peer->last_prio)
		peer->last_prio = (uint8_t)prio;
	flow->out.outstanding++;
	node->stats.sent++;
	*status = MCAPI_SUCCESS;
	ring_put(&peer->out, &peer->link->own, route, (uint32_t)size, 0, buffer, (uint32_t)size);
	if (likely(!peer_asleep(peer)))
		lock_drop_owned(&node->lock);
	else
		ring_and_leave(node, peer);
	return true;
}

void mcapi_msg_send(mcapi_endpoint_t send_endpoint, mcapi_endpoint_t receive_endpoint,
		    void *buffer, size_t buffer_size, mcapi_priority_t priority,
		    mcapi_status_t *mcapi_status)
{
	struct node *node = enter();

	if (!likely(node && send(node, send_endpoint, receive_endpoint, buffer, buffer_size,
				 priority, mcapi_status)))
		message_send(send_endpoint, receive_endpoint, buffer, buffer_size, priority,
			     mcapi_status);
}

/* A slot that is there. */
struct arrival {
	struct peer *from;	/* NULL: there is none */
	const struct mcapi_wire_slot *place;
};

/* The most urgent one of those who had something lately. */
static inline struct arrival look(const struct node *node)
{
	struct arrival arrival = { NULL, NULL };
	const unsigned int hots = node->hots;
	unsigned int best = PEER_NOTHING;

	for (unsigned int i = 0; i < hots; i++) {
		struct peer *peer = node->hot[i];
		const struct mcapi_wire_slot *place = ring_place(&peer->in);
		const uint32_t next = peer->in.cons + 1;

		if (likely(peer->in_open) && peer_load(&place->seq) == next) {
			const unsigned int prio = __atomic_load_n(&place->prio, __ATOMIC_RELAXED);

			if (prio < best) {
				best = prio;
				arrival = (struct arrival){ peer, place };
			}
		}
	}
	return arrival;
}

/* The same, now or in a moment; not if the last wait looked in vain. */
static inline struct arrival await(const struct node *node)
{
	struct arrival arrival = look(node);

	if (likely(arrival.from) || !node->spin.us || node->spin.vain)
		return arrival;
	for (unsigned int i = 0; !arrival.from && i < BURST; i++) {
		if (lock_contended(&node->lock))
			break;
		arrival = look(node);
	}
	return arrival;
}

/* From a peer that had something lately, if nothing else may come first. */
static inline bool receive(struct node *node, mcapi_endpoint_t handle, void *buffer, size_t room,
			   size_t *size, mcapi_status_t *status)
{
	struct endpoint *endpoint = node->ports[handle_port(handle)];
	struct arrival arrival;
	struct ring_head head;
	struct flow *page, *flow;
	struct peer *peer;
	uint32_t want;

	if (!likely(as_usual(node) && handle_own(node, handle) && endpoint && size &&
		    (buffer || !room) && !endpoint->receives && !endpoint->occupied))
		return false;
	if (!(node->stats.received % TAKES_PER_LOOK))
		look_around(node);
	arrival = await(node);
	peer = arrival.from;
	if (!likely(peer))
		return false;
	page = peer->flows[endpoint->port >> 8];
	/* After the slot: that it is not the next one to receive was said before it. */
	want = peer_glance(&peer->its_out->want);
	/* Now and then the long way, which acknowledges. */
	if (!likely(page && !peer->lanes &&
		    peer->in.cons - peer->in.acked < peer->in.mask / 4 && peer_fits(peer) &&
		    peer_glance(&peer->its_out->urgent) == peer->urgent_seen &&
		    want != MCAPI_WIRE_WANT_SLOTS))
		return false;
	flow = page + (endpoint->port & 0xff);
	head = ring_head(arrival.place);
	if (!likely(flow->in.gen == endpoint->gen &&
		    flow->in.owed + 1 < (want ? flow->in.batch : flow->in.limit) &&
		    ring_route_to(head.route) == flow->in.route &&
		    head.route >> RING_ROUTE_PRIO <= MCAPI_MIN_PRORITY && !head.flags &&
		    head.len <= MCAPI_WIRE_INLINE && head.len <= room))
		return false;
	copy_small(buffer, arrival.place->data, head.len);
	*size = head.len;
	*status = MCAPI_SUCCESS;
	node->stats.received++;
	flow->in.owed++;
	peer->owed++;
	peer->in.cons++;
	lock_drop_owned(&node->lock);
	return true;
}

void mcapi_msg_recv(mcapi_endpoint_t receive_endpoint, void *buffer, size_t buffer_size,
		    size_t *received_size, mcapi_status_t *mcapi_status)
{
	struct node *node = enter();

	if (!likely(node && receive(node, receive_endpoint, buffer, buffer_size, received_size,
				    mcapi_status)))
		message_receive(receive_endpoint, buffer, buffer_size, received_size,
				mcapi_status);
}
