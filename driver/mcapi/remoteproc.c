// SPDX-License-Identifier: GPL-2.0-only
/*
 * remoteproc.c - the peer is a processor that this system starts and stops
 *
 * Its start, stop and crash are what presence is with other controllers: who
 * is stopped has left, whatever its header says.
 */
#include <linux/of.h>
#include <linux/remoteproc.h>

#include "link.h"

static int mcapi_remoteproc_started(struct rproc_subdev *subdev)
{
	struct mcapi_link *link = container_of(subdev, struct mcapi_link, rproc_subdev);

	WRITE_ONCE(link->absent, false);
	mcapi_handshake_schedule(link);
	return 0;
}

static void mcapi_remoteproc_stopped(struct rproc_subdev *subdev, bool crashed)
{
	struct mcapi_link *link = container_of(subdev, struct mcapi_link, rproc_subdev);

	WRITE_ONCE(link->absent, true);
	WRITE_ONCE(link->departures, link->departures + 1);
	mcapi_handshake_schedule(link);
}

int mcapi_remoteproc_open(struct mcapi_link *link, struct device *dev)
{
	struct rproc *rproc;
	phandle peer;
	bool running;

	if (of_property_read_u32(dev->of_node, "metamcapi,rproc", &peer))
		return 0;
	rproc = rproc_get_by_phandle(peer);
	if (!rproc)
		return dev_err_probe(dev, -EPROBE_DEFER, "the remote processor is not there yet\n");

	link->rproc_subdev.start = mcapi_remoteproc_started;
	link->rproc_subdev.stop = mcapi_remoteproc_stopped;
	/* A start or stop under way would walk the list. */
	mutex_lock(&rproc->lock);
	rproc_add_subdev(rproc, &link->rproc_subdev);
	running = rproc->state == RPROC_RUNNING || rproc->state == RPROC_ATTACHED;
	WRITE_ONCE(link->absent, !running);
	mutex_unlock(&rproc->lock);
	link->rproc = rproc;
	return 0;
}

void mcapi_remoteproc_close(struct mcapi_link *link)
{
	struct rproc *rproc = link->rproc;

	if (!rproc)
		return;
	mutex_lock(&rproc->lock);
	rproc_remove_subdev(rproc, &link->rproc_subdev);
	mutex_unlock(&rproc->lock);
	rproc_put(rproc);
	link->rproc = NULL;
}
