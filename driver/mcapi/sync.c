// SPDX-License-Identifier: GPL-2.0-only
/*
 * sync.c - a window that this processor caches, and whose peer does not see caches
 *
 * Such a window lies in memory that the kernel has mapped as its own: to map it
 * write-combined as well would give one page two types, which ARM forbids. No
 * cache line of a window has two writers, so cleaning and invalidating are safe.
 * Everywhere else the barriers of the callers do, and nothing is done here.
 */
/* for phys_to_dma(), see below */
#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>

#include "link.h"

/*
 * The window is never mapped for DMA: what dma_map_single() gives may be another memory,
 * which the core copies from and to where the device's mask or an IOMMU asks for it, and
 * no peer would look there. All that is wanted is the cache's maintenance.
 */
static dma_addr_t mcapi_sync_address(struct mcapi_link *link, const void *at)
{
	return phys_to_dma(link->parent, link->phys + (at - link->window));
}

/* What we wrote at @at leaves our cache. */
void mcapi_sync_to_peer(struct mcapi_link *link, const void *at, size_t length)
{
	if (link->sync)
		dma_sync_single_for_device(link->parent, mcapi_sync_address(link, at), length,
					   DMA_TO_DEVICE);
}

/* What we had of @at in our cache is forgotten. */
void mcapi_sync_from_peer(struct mcapi_link *link, const void *at, size_t length)
{
	if (link->sync)
		dma_sync_single_for_cpu(link->parent, mcapi_sync_address(link, at), length,
					DMA_FROM_DEVICE);
}
