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

static struct mcapi_link *mcapi_remoteproc_link(struct rproc_subdev *subdev)
{
	return container_of(subdev, struct mcapi_link, rproc_subdev);
}

/* Before it runs, because it may write its header and ring at once. */
static int mcapi_remoteproc_prepare(struct rproc_subdev *subdev)
{
	struct mcapi_link *link = mcapi_remoteproc_link(subdev);

	if (link->rproc->state != RPROC_DETACHED)
		mcapi_handshake_expect(link, MCAPI_EXPECT_START);
	else if (link->rproc_crashed)
		mcapi_handshake_expect(link, MCAPI_EXPECT_RESTARTED);
	else
		mcapi_handshake_expect(link, MCAPI_EXPECT_RUNNING);
	return 0;
}

static int mcapi_remoteproc_start(struct rproc_subdev *subdev)
{
	mcapi_handshake_schedule(mcapi_remoteproc_link(subdev));
	return 0;
}

/* Comes after the processor has stopped, or has failed to start. */
static void mcapi_remoteproc_unprepare(struct rproc_subdev *subdev)
{
	struct mcapi_link *link = mcapi_remoteproc_link(subdev);

	WRITE_ONCE(link->absent, true);
	WRITE_ONCE(link->departures, link->departures + 1);
	mcapi_handshake_schedule(link);
}

/*
 * A processor that starts again by itself after a crash is detached and attached to,
 * which is no crash by what we are told.
 */
static void mcapi_remoteproc_stop(struct rproc_subdev *subdev, bool crashed)
{
	struct mcapi_link *link = mcapi_remoteproc_link(subdev);

	link->rproc_crashed = link->rproc->state == RPROC_CRASHED;
	mcapi_remoteproc_unprepare(subdev);
}

/*
 * A handle keeps the processor's driver from being unloaded, but not from being unbound,
 * after which it could not even be given back: so the link goes first.
 */
static bool mcapi_remoteproc_depend(struct device *dev, const struct rproc *rproc)
{
	struct device *supplier = rproc->dev.parent;

	/* Of several processors in a cluster the cluster has the driver. */
	if (!supplier->driver)
		supplier = supplier->parent;
	return device_link_add(dev, supplier, DL_FLAG_AUTOREMOVE_CONSUMER);
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

	if (!mcapi_remoteproc_depend(dev, rproc)) {
		rproc_put(rproc);
		return dev_err_probe(dev, -EINVAL, "the remote processor depends on the link\n");
	}

	link->rproc = rproc;
	link->rproc_subdev.prepare = mcapi_remoteproc_prepare;
	link->rproc_subdev.start = mcapi_remoteproc_start;
	link->rproc_subdev.stop = mcapi_remoteproc_stop;
	link->rproc_subdev.unprepare = mcapi_remoteproc_unprepare;
	/* A start or stop under way would walk the list. */
	mutex_lock(&rproc->lock);
	rproc_add_subdev(rproc, &link->rproc_subdev);
	running = rproc->state == RPROC_RUNNING || rproc->state == RPROC_ATTACHED ||
		  rproc->state == RPROC_DETACHED;
	WRITE_ONCE(link->absent, !running);
	mutex_unlock(&rproc->lock);
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
