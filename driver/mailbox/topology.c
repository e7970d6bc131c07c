// SPDX-License-Identifier: GPL-2.0-only
/*
 * topology.c - what the server's page and the device tree say of an ivshmem
 *
 * The page lies in memory that every peer can write: it is read once, checked,
 * and can at worst make a link where there is none or take one away.
 */
#include <linux/mcapi-link.h>
#include <linux/of.h>
#include <linux/platform_device.h>

#include "ivshmem.h"

/* Number of peers, or 0 if the page tells nothing. */
u32 ivshmem_topology_peers(struct ivshmem *iv)
{
	const struct mcapi_ivshmem_head *page = iv->topology;
	u32 magic = READ_ONCE(page->magic), peers = READ_ONCE(page->peers);
	u16 major = READ_ONCE(page->major);

	if (magic == MCAPI_IVSHMEM_MAGIC && major == MCAPI_IVSHMEM_MAJOR &&
	    peers && peers <= MCAPI_IVSHMEM_MAX_PEERS && iv->own < peers)
		return peers;

	dev_err(&iv->pdev->dev,
		"no topology of version %u that has peer %u in the shared memory (magic %#x, version %u, %u peers): only links of the device tree work, and a peer's death goes unnoticed; is the server meta-mcapi's?\n",
		MCAPI_IVSHMEM_MAJOR, iv->own, magic, major, peers);
	return 0;
}

void ivshmem_topology_presence(struct ivshmem *iv, u32 peer, u32 *generation, bool *present)
{
	const struct mcapi_ivshmem_peer *lines = iv->topology + MCAPI_IVSHMEM_PEER_OFF;

	*generation = READ_ONCE(lines[peer].generation);
	dma_rmb();
	*present = READ_ONCE(lines[peer].present);
}

static bool ivshmem_window(struct ivshmem *iv, u64 offset, u64 length, struct resource *window)
{
	if (offset < MCAPI_WIRE_GRANULE || offset % MCAPI_WIRE_GRANULE || !length ||
	    offset >= iv->memory_size || length > iv->memory_size - offset)
		return false;

	*window = (struct resource){
		.start = iv->memory + offset,
		.end = iv->memory + offset + length - 1,
		.flags = IORESOURCE_MEM,
	};
	return true;
}

static void ivshmem_remove_link(void *link)
{
	platform_device_unregister(link);
}

static int ivshmem_add_link(struct ivshmem *iv, struct platform_device_info *info)
{
	struct device *dev = &iv->pdev->dev;
	struct platform_device *link;

	info->parent = dev;
	info->id = PLATFORM_DEVID_AUTO;
	link = platform_device_register_full(info);
	if (IS_ERR(link)) {
		dev_err(dev, "cannot add a link at %pR: error %ld\n", info->res, PTR_ERR(link));
		/* Windows that overlap cost one link, not all of them. */
		return PTR_ERR(link) == -EBUSY ? 0 : PTR_ERR(link);
	}
	return devm_add_action_or_reset(dev, ivshmem_remove_link, link);
}

static int ivshmem_add_child(struct ivshmem *iv, struct device_node *child)
{
	struct resource window;
	struct platform_device_info info = {
		/* no name that a driver goes by: the compatible decides */
		.name = "ivshmem-child",
		.fwnode = of_fwnode_handle(child),
		.res = &window,
		.num_res = 1,
	};
	u64 reg[2];

	if (of_n_addr_cells(child) != 2 || of_n_size_cells(child) != 2 ||
	    of_property_read_u64_array(child, "reg", reg, 2) ||
	    !ivshmem_window(iv, reg[0], reg[1], &window)) {
		dev_err(&iv->pdev->dev,
			"%pOF: reg must be one window, two cells each, inside of %pa bytes and not in the first %u\n",
			child, &iv->memory_size, MCAPI_WIRE_GRANULE);
		return 0;
	}
	return ivshmem_add_link(iv, &info);
}

static int ivshmem_add_line(struct ivshmem *iv, const struct mcapi_ivshmem_link *line)
{
	struct mcapi_link_pdata pdata = {
		.controller = "pci1af4,1110",
		.side = iv->own == line->b,
	};
	const char *label = pdata.side ? line->label_b : line->label_a;
	struct resource window;
	struct platform_device_info info = {
		.name = "mcapi-link",
		.res = &window,
		.num_res = 1,
		.data = &pdata,
		.size_data = sizeof(pdata),
	};

	if (line->a >= line->b || line->b >= iv->peers ||
	    !ivshmem_window(iv, line->offset, line->length, &window)) {
		dev_err(&iv->pdev->dev, "topology: no link is possible from %u to %u at %#llx + %#llx\n",
			line->a, line->b, line->offset, line->length);
		return 0;
	}
	pdata.chan = &iv->chans[pdata.side ? line->a : line->b];
	/* A peer can write a label without an end; the copy has one. */
	BUILD_BUG_ON(sizeof(pdata.label) <= sizeof(line->label_a));
	memcpy(pdata.label, label, sizeof(line->label_a));
	return ivshmem_add_link(iv, &info);
}

/* Without a device tree: the links that the page gives to our id. */
static int ivshmem_add_lines(struct ivshmem *iv)
{
	const struct mcapi_ivshmem_head *page = iv->topology;
	const struct mcapi_ivshmem_link *lines = iv->topology + MCAPI_IVSHMEM_LINK_OFF;
	u32 links = min(READ_ONCE(page->links), MCAPI_IVSHMEM_MAX_LINKS);
	struct mcapi_ivshmem_link line;
	int ret = 0;
	u32 i;

	for (i = 0; !ret && i < links; i++) {
		memcpy(&line, &lines[i], sizeof(line));
		/* from here on the copy counts, whatever happens to the original */
		barrier();
		if (line.a == iv->own || line.b == iv->own)
			ret = ivshmem_add_line(iv, &line);
	}
	return ret;
}

int ivshmem_topology_add_links(struct ivshmem *iv)
{
	struct device_node *np = iv->pdev->dev.of_node, *child;
	int ret;

	if (!np)
		return iv->peers ? ivshmem_add_lines(iv) : 0;

	for_each_available_child_of_node(np, child) {
		ret = ivshmem_add_child(iv, child);
		if (ret) {
			of_node_put(child);
			return ret;
		}
	}
	return 0;
}
