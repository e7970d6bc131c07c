/* SPDX-License-Identifier: BSD-3-Clause */
#include "crowd.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "message.h"
#include "pair.h"

#define MOST 63u
#define DOMAIN 3u
#define PEER_DOMAIN 2u
#define PORT 1u

static pid_t process;
static int control;		/* one byte each way for each order */

static pthread_barrier_t joined, leaving;
static bool here[MOST];

static void say(uint8_t byte)
{
	if (write(control, &byte, 1) != 1)
		die("the crowd does not listen: %m");
}

static uint8_t hear(void)
{
	uint8_t byte;

	if (read(control, &byte, 1) != 1)
		die("the crowd does not answer: %m");
	return byte;
}

/* Sends one message, so that the receiver reads a ring of this node from then on. */
static bool join(uint32_t number)
{
	mcapi_endpoint_t from, to;
	mcapi_status_t status;
	mcapi_info_t info;

	mcapi_initialize(DOMAIN, number, NULL, NULL, &info, &status);
	if (status != MCAPI_SUCCESS)
		return false;		/* no section left */
	from = mcapi_endpoint_create(PORT, &status);
	lane_check("mcapi_endpoint_create", status);
	to = mcapi_endpoint_get(PEER_DOMAIN, LANE_BUSY, PORT, MCAPI_TIMEOUT_INFINITE, &status);
	lane_check("mcapi_endpoint_get", status);
	mcapi_msg_send(from, to, "idle now", 8, 0, &status);
	lane_check("mcapi_msg_send", status);
	return true;
}

static void *idle_sender(void *arg)
{
	const uint32_t number = (uint32_t)((bool *)arg - here);
	mcapi_status_t status;

	here[number] = join(number);
	pthread_barrier_wait(&joined);
	pthread_barrier_wait(&leaving);
	if (here[number]) {
		mcapi_finalize(&status);
		lane_check("mcapi_finalize", status);
	}
	return NULL;
}

static void come_and_go(void)
{
	pthread_t threads[MOST];
	uint8_t count = 0;

	for (uint32_t i = 0; i < MOST; i++)
		if (pthread_create(&threads[i], NULL, idle_sender, &here[i]))
			die("cannot start thread %u of the crowd: %m", i);
	pthread_barrier_wait(&joined);
	for (uint32_t i = 0; i < MOST; i++)
		count += here[i];
	say(count);
	hear();
	pthread_barrier_wait(&leaving);
	for (uint32_t i = 0; i < MOST; i++)
		pthread_join(threads[i], NULL);
	say(0);
}

void crowd_start(void)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		die("no socket pair: %m");
	process = fork();
	if (process < 0)
		die("cannot fork: %m");
	control = ends[!process];
	close(ends[!!process]);
	if (process)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pthread_barrier_init(&joined, NULL, MOST + 1);
	pthread_barrier_init(&leaving, NULL, MOST + 1);
	for (;;) {
		hear();
		come_and_go();
	}
}

void crowd_end(void)
{
	kill(process, SIGKILL);
	waitpid(process, NULL, 0);
}

uint32_t crowd_join(void)
{
	uint32_t count;

	say(0);
	count = hear();
	/* Each has sent one message, which must not wait where the next ones arrive. */
	pair_begin(&message_receive, count);
	pair_finish();
	return count;
}

void crowd_leave(void)
{
	say(0);
	hear();
}
