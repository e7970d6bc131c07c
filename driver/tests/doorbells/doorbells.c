// SPDX-License-Identifier: BSD-3-Clause
/*
 * doorbells.c - how many interrupts a message costs, with suppression and without
 *
 * mcapi-doorbells [--always] answer DEVICE
 * mcapi-doorbells [--always] turns|stream COUNT DEVICE
 *
 * One of each at the two ends of a link: COUNT messages go one way, each after the
 * answer to the last one (turns) or as fast as they are taken (stream). Who published
 * something rings if the other one says that it sleeps, once for each of its sleeps, as
 * libmcapi does; with --always, after each publication.
 *
 * Prints what this end counted, as JSON. Exit 1: something failed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#include <linux/mcapi.h>
#include <linux/mcapi_wire.h>

#define MAGIC		0x6c6c6562
#define SLOTS		256
#define PATIENCE	10	/* seconds; only keeps a fault from lasting for ever */

enum kind { STREAM, TURN, END };

struct line {
	uint32_t word;
	uint32_t rest[15];
};

/* At the end of each one's section, which is clear at first. */
struct post {
	struct line magic;
	struct line head;	/* messages published */
	struct line tail;	/* messages taken */
	struct line sleep;	/* odd while asleep */
	struct line slots[SLOTS];
};

static struct {
	int fd;
	bool always;
	struct mcapi_info start;
	const struct mcapi_status *status;
	const char *window;
	struct post *own;
	const struct post *other;
	uint32_t head, taken, sleep, rung, sleeps, notifications;
	enum kind last;
} self;

static void fail(const char *what)
{
	fprintf(stderr, "mcapi-doorbells: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint32_t load(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void store(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static void call(unsigned long command, void *argument, const char *name)
{
	if (ioctl(self.fd, command, argument))
		fail(name);
}

static struct mcapi_info get_info(void)
{
	struct mcapi_info info = { .size = sizeof(info) };

	call(MCAPI_IOC_INFO, &info, "INFO");
	return info;
}

static void *map(uint32_t kind, int prot)
{
	struct mcapi_window window = { .size = sizeof(window), .kind = kind };
	void *at;

	call(MCAPI_IOC_WINDOW, &window, "WINDOW");
	at = mmap(NULL, window.length, prot, MAP_SHARED, self.fd, (off_t)window.offset);
	if (at == MAP_FAILED)
		fail("mmap");
	return at;
}

static void ring(void)
{
	struct mcapi_notify notify = { .size = sizeof(notify) };

	call(MCAPI_IOC_NOTIFY, &notify, "NOTIFY");
	self.notifications++;
}

/* What was stored before is there; does the other one have to be told? */
static void publish(void)
{
	uint32_t sleep;

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	sleep = load(&self.other->sleep.word);
	if (self.always || (sleep % 2 && sleep != self.rung)) {
		self.rung = sleep;
		ring();
	}
}

static void wait_from(uint32_t seq)
{
	struct mcapi_wait wait = { .size = sizeof(wait), .seq = seq };
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	wait.deadline_ns = (int64_t)(now.tv_sec + PATIENCE) * 1000000000 + now.tv_nsec;
	call(MCAPI_IOC_WAIT, &wait, "WAIT");
}

static void sleep_until(bool (*done)(void))
{
	uint32_t seq;

	while (!done()) {
		seq = load(&self.status->seq);
		store(&self.own->sleep.word, ++self.sleep);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (!done()) {
			self.sleeps++;
			wait_from(seq);
		}
		store(&self.own->sleep.word, ++self.sleep);
	}
}

static bool there_is_room(void)
{
	return self.head - load(&self.other->tail.word) < SLOTS;
}

static bool all_is_taken(void)
{
	return load(&self.other->tail.word) == self.head;
}

static bool something_came(void)
{
	return load(&self.other->head.word) != self.taken;
}

static void put(enum kind kind)
{
	struct line *slot = &self.own->slots[self.head % SLOTS];

	slot->word = kind;
	memset(slot->rest, (int)self.head, sizeof(slot->rest));
	store(&self.own->head.word, ++self.head);
}

/* Takes all that is there. */
static void take(void)
{
	uint32_t head = load(&self.other->head.word);
	struct line message = { .word = self.last };

	for (; self.taken != head; self.taken++) {
		message = self.other->slots[self.taken % SLOTS];
		if (message.rest[14] != (uint8_t)self.taken * 0x01010101u) {
			errno = EBADMSG;
			fail("a message is not the one that was sent");
		}
	}
	self.last = message.word;
	store(&self.own->tail.word, self.taken);
}

static void answer(void)
{
	do {
		sleep_until(something_came);
		take();
		if (self.last == TURN)
			put(TURN);
		publish();
	} while (self.last != END);
}

static void send(enum kind kind, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		sleep_until(there_is_room);
		put(kind);
		publish();
		if (kind == TURN) {
			sleep_until(something_came);
			take();
		}
	}
	sleep_until(there_is_room);
	put(END);
	publish();
	sleep_until(all_is_taken);
}

/* Whether the other one is here; its geometry is ours. */
static bool find_other(void)
{
	const char *side = self.window + !self.start.side * (self.start.window_size / 2);
	const struct mcapi_wire_owner *owners = (const void *)(side + MCAPI_WIRE_OWNER_OFF);

	for (uint32_t i = 0; i < self.start.sections; i++) {
		const char *end = side + MCAPI_WIRE_GRANULE + (i + 1) * self.start.section_size;

		self.other = (const struct post *)end - 1;
		if (load(&owners[i].state) == MCAPI_WIRE_OWNER_LIVE &&
		    load(&self.other->magic.word) == MAGIC)
			return true;
	}
	return false;
}

static void meet(const char *path)
{
	struct mcapi_attach attach = { .size = sizeof(attach) };
	uint32_t seq;

	self.fd = open(path, O_RDWR | O_CLOEXEC);
	if (self.fd < 0)
		fail(path);
	call(MCAPI_IOC_ATTACH, &attach, "ATTACH");
	self.start = get_info();
	self.status = map(MCAPI_WINDOW_STATUS, PROT_READ);
	self.window = map(MCAPI_WINDOW_LINK, PROT_READ);
	self.own = (struct post *)((char *)map(MCAPI_WINDOW_SECTION, PROT_READ | PROT_WRITE) +
				   self.start.section_size) - 1;
	store(&self.own->magic.word, MAGIC);
	ring();
	for (seq = load(&self.status->seq); !find_other(); seq = load(&self.status->seq))
		wait_from(seq);
	self.notifications = 0;
	self.start = get_info();
}

static void report(void)
{
	struct mcapi_info end = get_info();

	printf("{\"messages\": %u, \"notifications\": %u, \"sleeps\": %u, \"rings\": %llu, "
	       "\"coalesced\": %llu, \"received\": %llu}\n",
	       self.head, self.notifications, self.sleeps,
	       (unsigned long long)(end.rings - self.start.rings),
	       (unsigned long long)(end.coalesced - self.start.coalesced),
	       (unsigned long long)(end.received - self.start.received));
}

static bool is(const char *word, const char *name)
{
	return word && !strcmp(word, name);
}

int main(int argc, char **argv)
{
	char **word = argv + 1;

	if (is(*word, "--always")) {
		self.always = true;
		word++;
	}
	if (is(*word, "answer") && argv + argc == word + 2) {
		meet(word[1]);
		answer();
	} else if ((is(*word, "turns") || is(*word, "stream")) && argv + argc == word + 3) {
		meet(word[2]);
		send(is(*word, "turns") ? TURN : STREAM, (uint32_t)strtoul(word[1], NULL, 10));
	} else {
		fprintf(stderr, "usage: mcapi-doorbells [--always] answer DEVICE\n"
			"       mcapi-doorbells [--always] turns|stream COUNT DEVICE\n");
		return 2;
	}
	report();
	return 0;
}
