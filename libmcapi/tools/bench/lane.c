/* SPDX-License-Identifier: BSD-3-Clause */
#include "lane.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "channels.h"
#include "task.h"

#define PORT 1u
#define MEET_MS 10000u

static struct {
	struct lane lane;
	pthread_t thread;
	sem_t go, done;
	void (*body)(struct lane *lane, void *arg);
	void *arg;
} lanes[LANES];

/* How long the nodes look before they sleep. */
static const uint32_t spin[LANES] = {
	[LANE_BUSY] = MCAPIX_SPIN_BUSY,
	[LANE_ADAPTIVE] = MCAPIX_SPIN_ADAPTIVE,
	[LANE_SLEEP] = 0,
};

static int role;
static uint32_t version;

void lane_check(const char *call, mcapi_status_t status)
{
	char name[MCAPI_MAX_STATUS_MSG_LEN] = "?";

	if (status == MCAPI_SUCCESS)
		return;
	mcapi_display_status(status, name, sizeof(name));
	die("%s: %s (%s)", call, name, mcapix_error_detail());
}

static void *serve(void *arg)
{
	const enum lane_kind kind = *(enum lane_kind *)arg;
	mcapi_status_t status;
	mcapi_info_t info;

	mcapi_initialize((mcapi_domain_t)role + 1, kind, NULL, NULL, &info, &status);
	lane_check("mcapi_initialize", status);
	version = info.implementation_version;
	mcapix_spin_set(spin[kind], &status);
	lane_check("mcapix_spin_set", status);
	lanes[kind].lane.here = mcapi_endpoint_create(PORT, &status);
	lane_check("mcapi_endpoint_create", status);
	sem_post(&lanes[kind].done);
	for (;;) {
		while (sem_wait(&lanes[kind].go))
			;
		lanes[kind].body(&lanes[kind].lane, lanes[kind].arg);
		sem_post(&lanes[kind].done);
	}
	return NULL;
}

static void wait_done(enum lane_kind kind)
{
	while (sem_wait(&lanes[kind].done))
		;
}

static void find_partner(struct lane *lane, void *arg)
{
	mcapi_status_t status;

	(void)arg;
	lane->there = mcapi_endpoint_get(2 - (mcapi_domain_t)role, lane->kind, PORT, MEET_MS,
					 &status);
	lane_check("mcapi_endpoint_get", status);
	if (lane->kind == LANE_BUSY)
		channels_open(lane);
}

void lane_start_all(int this_role)
{
	role = this_role;
	for (enum lane_kind kind = LANE_BUSY; kind < LANES; kind++) {
		lanes[kind].lane.kind = kind;
		sem_init(&lanes[kind].go, 0, 0);
		sem_init(&lanes[kind].done, 0, 0);
		if (pthread_create(&lanes[kind].thread, NULL, serve, &lanes[kind].lane.kind))
			die("cannot start a thread: %m");
		wait_done(kind);
	}
	for (enum lane_kind kind = LANE_BUSY; kind < LANES; kind++)
		lane_run(kind, find_partner, NULL);
}

uint32_t lane_version(void)
{
	return version;
}

void lane_run(enum lane_kind kind, void (*body)(struct lane *lane, void *arg), void *arg)
{
	if (kind == LANE_NONE) {
		body(NULL, arg);
		return;
	}
	lanes[kind].body = body;
	lanes[kind].arg = arg;
	sem_post(&lanes[kind].go);
	wait_done(kind);
}
