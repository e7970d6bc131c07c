/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * link.h - the nouns of the mcapi module
 *
 * Locks, outermost first: mmap_lock > link->life > file->lock > link->lock > link->files_lock;
 * and rproc->lock > link->lock.
 * User memory is never touched with one of ours held, because a fault in one of
 * our mappings takes link->life.
 */
#ifndef _MCAPI_LINK_H
#define _MCAPI_LINK_H

#include <linux/device.h>
#include <linux/eventfd.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/kref.h>
#include <linux/mcapi.h>
#include <linux/mcapi_wire.h>
#include <linux/mutex.h>
#include <linux/property.h>
#include <linux/remoteproc.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "argument.h"
#include "coalesce.h"
#include "compat.h"
#include "geometry.h"
#include "rate.h"
#include "sequence.h"

/* The peer's header is not looked at again before. */
#define MCAPI_LOOK	msecs_to_jiffies(2)

/*
 * A ring that is not done after this time, twice, is lost. While none is done, the
 * second wait doubles as often as that.
 */
#define MCAPI_STALL	HZ
#define MCAPI_STALL_DOUBLED	4

/**
 * struct mcapi_controller - what is known of a kind of mailbox controller
 * @compatible: its name
 * @message: what the message pointer must be: never NULL, never -1
 * @request: it must be made for each device
 * @presence: it tells who comes and goes
 * @late_clear: it clears a doorbell only after it has told its client
 * @rx_ack: a doorbell must be answered on the channel by which it came
 * @suits: whether it is in a mode that can be used, or NULL
 */
struct mcapi_controller {
	const char *compatible;
	const void *message;
	bool request;
	bool presence;
	bool late_clear;
	bool rx_ack;
	bool (*suits)(const struct device_node *np);
};

/**
 * struct mcapi_channel - one mailbox channel
 * @client: the mailbox framework's view of us
 * @link: whose channel it is
 * @controller: what is known of its controller
 * @chan: the channel, or NULL
 * @bound: the same, if it comes from platform data
 * @index: of the channel in the device tree
 * @ticks: the controller expects us to say when a ring is done
 * @watch: sees to it that rings are done
 * @watched: number of the ring that was in flight at its last look
 * @stuck: rings that never were done since the last one that was; this and @watched
 *	under the link's life
 * @turn: where we tick, held by the one who rings; protects @covered
 * @requested: where we tick, counts requests to ring
 * @covered: of these, how many are served
 * @lock: protects @state, @served and the counters; held for a few instructions
 * @state: one in flight, and whether another must follow
 * @served: a ring was done since the channel was opened
 * @rings: handed to the mailbox
 * @coalesced: merged
 * @refused: by the mailbox
 */
struct mcapi_channel {
	struct mbox_client client;
	struct mcapi_link *link;
	const struct mcapi_controller *controller;
	struct mbox_chan *chan;
	struct mbox_chan *bound;
	int index;
	bool ticks;
	struct delayed_work watch;
	u64 watched;
	u32 stuck;
	struct mutex turn; /* see above */
	atomic64_t requested;
	u64 covered;
	raw_spinlock_t lock; /* see above */
	struct mcapi_coalesce state;
	bool served;
	u64 rings;
	u64 coalesced;
	u64 refused;
};

/**
 * struct mcapi_doorbell - rings the peer; is rung by it
 * @controller: of the channel that rings us
 * @tx: rings the peer; may do both ways
 * @rx: rings us, if @tx does not
 * @ack: answers doorbells, if neither of both does
 * @answer: the one that does, or NULL; also while that starts anew
 * @received: doorbells received
 * @reported: of these, what the bottom half has seen
 * @lock: protects @rate, @due, @delayed and @throttled
 * @rate: how often sleepers are woken
 * @due: the bottom half will wake them
 * @delayed: @timer will
 * @throttled: times that it had to
 * @timer: wakes them later, or once more
 * @stalls: rings and answers that never were done; under the link's life
 * @asleep: the system is; rings are kept for later
 * @missed: there is one
 */
struct mcapi_doorbell {
	const struct mcapi_controller *controller;
	struct mcapi_channel tx;
	struct mcapi_channel rx;
	struct mcapi_channel ack;
	struct mcapi_channel *answer;
	atomic64_t received;
	u64 reported;
	raw_spinlock_t lock; /* see above */
	struct mcapi_rate rate;
	bool due;
	bool delayed;
	u64 throttled;
	struct hrtimer timer;
	u64 stalls;
	bool asleep;
	bool missed;
};

/**
 * struct mcapi_section - what this system knows of one of its sections
 *
 * The owner lines in the window are written from here and never read back.
 *
 * @state: %MCAPI_WIRE_OWNER_FREE, _LIVE or _DEAD
 * @epoch: of the latest attachment
 */
struct mcapi_section {
	u32 state;
	u32 epoch;
};

/**
 * struct mcapi_link - one window, one doorbell each way, one device node
 * @refs: held by the driver and by each open file
 * @parent: the platform device; not to be used once @live is false
 * @devt: its number
 * @cdev: /dev/mcapiN
 * @label: who is at the other end
 * @side: half of the window that is ours
 * @phys: physical address of the window
 * @window_size: bytes of it
 * @window: where the kernel sees it
 * @cached: the window is mapped cached
 * @sync: the peer does not see the cache
 * @own: geometry of our side
 * @bell: the doorbell
 * @rproc: the peer, if this system starts and stops it
 * @rproc_subdev: tells when it does
 * @rproc_crashed: its last stop was a crash
 *
 * @life: held for reading by whoever uses the window or the doorbell
 * @live: the device is here; protected by @life
 *
 * @lock: protects the following
 * @sections: ours
 * @next_section: where the search for a free one starts
 * @attachments: counts them
 * @owner_seq: changes of owner lines
 * @peer: geometry of the peer's side, valid while the link is up
 * @acked_epoch: boot epoch of the peer that our header acknowledges
 * @dead_epoch: boot epoch of a peer that is known to have left
 * @departures_seen: value of @departures that is taken account of
 * @there: at the last look the peer was up, and was not known to have left
 *
 * @departures: counts reports that the peer left
 * @absent: the peer is known not to be there
 * @seen: the peer as of the last look, for a quick comparison
 *
 * @event_lock: protects the following
 * @status: page shown to user space; also holds the sequence
 * @doorbell_seq: sequence at the last doorbell
 * @link_seq: sequence at the last change of the link
 * @listeners: files with an eventfd
 * @listening: how many of them
 * @wq: sleepers
 *
 * @event: bottom half of the doorbell's interrupt
 * @handshake: looks at the peer's header
 * @next_look: not before this time, in jiffies
 *
 * @files_lock: protects @files
 * @files: open files
 */
struct mcapi_link {
	struct kref refs;
	struct device *parent;
	dev_t devt;
	struct cdev *cdev;
	char label[sizeof_field(struct mcapi_info, name)];
	u32 side;
	phys_addr_t phys;
	size_t window_size;
	void *window;
	bool cached;
	bool sync;
	struct mcapi_geometry own;
	struct mcapi_doorbell bell;
	struct rproc *rproc;
	struct rproc_subdev rproc_subdev;
	bool rproc_crashed;

	struct rw_semaphore life; /* see above */
	bool live;

	struct mutex lock; /* see above */
	struct mcapi_section sections[MCAPI_WIRE_MAX_SECTIONS];
	u32 next_section;
	u32 attachments;
	u32 owner_seq;
	struct mcapi_geometry peer;
	u32 acked_epoch;
	u32 dead_epoch;
	u32 departures_seen;
	bool there;

	u32 departures;
	bool absent;
	struct {
		u32 magic;
		u32 boot_epoch;
		u32 state;
		u32 peer_epoch_ack;
		bool absent;
	} seen;

	spinlock_t event_lock; /* see above */
	struct mcapi_status *status;
	u32 doorbell_seq;
	u32 link_seq;
	struct list_head listeners;
	u32 listening;
	wait_queue_head_t wq;

	struct irq_work event;
	struct delayed_work handshake;
	unsigned long next_look;

	struct mutex files_lock; /* see above */
	struct list_head files;
};

/**
 * struct mcapi_file - one open file
 * @link: it keeps the link alive
 * @node: in the link's list
 * @filp: whose mappings are revoked when the device goes
 * @seq: sequence as of the last read(2); moved on by compare-and-exchange
 * @listener: in the link's list; this and the next two under its event_lock
 * @eventfd: to be signalled, or NULL
 * @eventfd_events: at these events
 * @lock: protects the following
 * @section: attached section, or -1
 * @grave: what is mapped in place of the section when the device is gone
 */
struct mcapi_file {
	struct mcapi_link *link;
	struct list_head node;
	struct file *filp;
	u32 seq;
	struct list_head listener;
	struct eventfd_ctx *eventfd;
	u32 eventfd_events;
	struct mutex lock; /* see above */
	int section;
	unsigned long grave;
};

/* chrdev.c */
int mcapi_chrdev_init(void);
void mcapi_chrdev_exit(void);
int mcapi_chrdev_add(struct mcapi_link *link);
void mcapi_chrdev_del(struct mcapi_link *link);
struct mcapi_link *mcapi_chrdev_find(unsigned int minor);

/* sysfs.c */
extern const struct attribute_group *mcapi_groups[];

/* remoteproc.c */
#if IS_ENABLED(CONFIG_REMOTEPROC)
int mcapi_remoteproc_open(struct mcapi_link *link, struct device *dev);
void mcapi_remoteproc_close(struct mcapi_link *link);
#else
static inline int mcapi_remoteproc_open(struct mcapi_link *link, struct device *dev)
{
	if (!device_property_present(dev, "metamcapi,rproc"))
		return 0;
	/* The processor can neither be started nor be known to have crashed. */
	return dev_err_probe(dev, -EOPNOTSUPP,
			     "metamcapi,rproc wants a kernel with CONFIG_REMOTEPROC\n");
}

static inline void mcapi_remoteproc_close(struct mcapi_link *link)
{
}
#endif

/* link.c */
void mcapi_link_put(struct mcapi_link *link);
bool mcapi_link_enter(struct mcapi_link *link);
void mcapi_link_leave(struct mcapi_link *link);

/* event.c */
u32 mcapi_event_since(struct mcapi_link *link, u32 since, struct mcapi_status *now);
void mcapi_event_raise(struct mcapi_link *link, u32 events);
int mcapi_event_listen(struct mcapi_file *file, struct eventfd_ctx *eventfd, u32 events);
void mcapi_event_set_state(struct mcapi_link *link, u32 state, u32 peer_epoch);

/* handshake.c */

/**
 * enum mcapi_expected - what the header of a peer is that comes
 * @MCAPI_EXPECT_START: it does not run yet, so whatever is there is of an earlier life
 * @MCAPI_EXPECT_RESTARTED: it started by itself after a crash; what was acknowledged is dead
 * @MCAPI_EXPECT_RUNNING: it has been running all the time, maybe since before this system
 */
enum mcapi_expected {
	MCAPI_EXPECT_START,
	MCAPI_EXPECT_RESTARTED,
	MCAPI_EXPECT_RUNNING,
};

struct mcapi_wire_side *mcapi_side(struct mcapi_link *link, u32 side);
void mcapi_handshake_start(struct mcapi_link *link);
void mcapi_handshake_check(struct mcapi_link *link);
void mcapi_handshake_stop(struct mcapi_link *link);
bool mcapi_handshake_needed(struct mcapi_link *link);
void mcapi_handshake_schedule(struct mcapi_link *link);
void mcapi_handshake_expect(struct mcapi_link *link, enum mcapi_expected life);
void mcapi_handshake_work(struct work_struct *work);

/* controller.c */
const struct mcapi_controller *mcapi_controller_find(struct device *dev,
						     const struct device_node *np,
						     const char *name);

/* channel.c */
void mcapi_channel_init(struct mcapi_channel *channel, struct mcapi_link *link,
			struct device *dev, work_func_t watch);
int mcapi_channel_open(struct mcapi_channel *channel, struct mbox_chan *bound, int index);
void mcapi_channel_close(struct mcapi_channel *channel);
int mcapi_channel_unstick(struct mcapi_channel *channel);
int mcapi_channel_ring(struct mcapi_channel *channel, bool *merged);
void mcapi_channel_answer(struct mcapi_channel *channel);
bool mcapi_channel_is_busy(struct mcapi_channel *channel, u64 *rings);
bool mcapi_channel_is_stalled(struct mcapi_channel *channel);

/* doorbell.c */
int mcapi_doorbell_open(struct mcapi_link *link, struct device *dev);
void mcapi_doorbell_close(struct mcapi_link *link);
int mcapi_doorbell_ring(struct mcapi_link *link, bool *merged);
void mcapi_doorbell_tell(struct mcapi_link *link);
void mcapi_doorbell_suspend(struct mcapi_link *link);
void mcapi_doorbell_resume(struct mcapi_link *link);
void mcapi_doorbell_describe(struct mcapi_link *link, struct mcapi_info *info);

/* section.c */
int mcapi_section_attach(struct mcapi_link *link, u32 *epoch);
void mcapi_section_release(struct mcapi_link *link, u32 n);
void mcapi_section_clear_owners(struct mcapi_link *link);

/* file.c */
extern const struct file_operations mcapi_fops;

/* ioctl.c */
long mcapi_ioctl(struct file *filp, unsigned int cmd, unsigned long user);

/* wait.c */
int mcapi_wait_for_event(struct mcapi_link *link, u32 seq, s64 deadline_ns);
int mcapi_wait_check(struct mcapi_link *link, const struct mcapi_wait *wait);
int mcapi_wait(struct mcapi_file *file, struct mcapi_wait *wait);

/* sync.c */
void mcapi_sync_to_peer(struct mcapi_link *link, const void *at, size_t length);
void mcapi_sync_from_peer(struct mcapi_link *link, const void *at, size_t length);

/* map.c */
int mcapi_map_cookie(struct mcapi_file *file, struct mcapi_window *w);
int mcapi_map(struct file *filp, struct vm_area_struct *vma);
void mcapi_map_revoke(struct mcapi_link *link);

#endif /* _MCAPI_LINK_H */
