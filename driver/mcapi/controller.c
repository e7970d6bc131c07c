// SPDX-License-Identifier: GPL-2.0-only
/*
 * controller.c - what is known of mailbox controllers
 *
 * What the message pointer means differs between controllers, and nothing tells
 * a client which meaning is in force: it may be ignored, point to words, be a
 * number, or point to a structure with a length. The wrong one makes a controller
 * follow a wild pointer or tells a kernel address to the peer. So only
 * controllers that were looked at are used.
 */
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/of.h>

#include "link.h"

static bool allow_unknown_controller;
module_param(allow_unknown_controller, bool, 0444);
MODULE_PARM_DESC(allow_unknown_controller,
		 "Ring through mailbox controllers that were never looked at; they get a pointer to non-zero words");

/* Words for those who read words; some ring only if the word is not 0. */
static const u32 mcapi_words[MCAPI_WIRE_LINE / sizeof(u32)] __aligned(MCAPI_WIRE_LINE) = {
	[0 ... MCAPI_WIRE_LINE / sizeof(u32) - 1] = 1
};

/* For those who read a structure that begins with a length: nothing to send. */
static const u32 mcapi_empty[MCAPI_WIRE_LINE / sizeof(u32)] __aligned(MCAPI_WIRE_LINE);

/* For those who take the pointer itself as the word. */
#define MCAPI_NUMBER	((const void *)1UL)

/* Data-transfer windows of this one read a structure with pointers from the message. */
static bool mcapi_controller_is_all_doorbells(const struct device_node *np)
{
	static const char name[] = "arm,mhuv2-protocols";
	int i, n = of_property_count_u32_elems(np, name);
	u32 protocol;

	/* pairs of protocol and number of windows; 0 is the doorbell protocol */
	for (i = 0; i < n; i += 2)
		if (of_property_read_u32_index(np, name, i, &protocol) || protocol)
			return false;
	return n > 0;
}

/* Behind it is firmware, which would take words for commands. */
static bool mcapi_controller_is_no_doorbell(const struct device_node *np)
{
	return false;
}

/* The first one that fits counts. */
static const struct mcapi_controller mcapi_controllers[] = {
	/* Their nodes may also name what they are derived from, below. */
	{ .compatible = "fsl,imx8-mu-scu", .suits = mcapi_controller_is_no_doorbell },
	{ .compatible = "fsl,imx8-mu-seco", .suits = mcapi_controller_is_no_doorbell },
	{ .compatible = "fsl,imx8ulp-mu-s4", .suits = mcapi_controller_is_no_doorbell },
	{ .compatible = "fsl,imx93-mu-s4", .suits = mcapi_controller_is_no_doorbell },
	{ .compatible = "fsl,imx95-mu-ele", .suits = mcapi_controller_is_no_doorbell },
	{ .compatible = "fsl,imx95-mu-v2x", .suits = mcapi_controller_is_no_doorbell },

	{ .compatible = "pci1af4,1110", .message = mcapi_words, .presence = true },
	{ .compatible = "pci110a,4106", .message = mcapi_words, .presence = true },
	{ .compatible = "metamcapi,mailbox-loopback", .message = mcapi_words },
	{ .compatible = "metamcapi,mailbox-loopback-late", .message = mcapi_words,
	  .late_clear = true },

	{ .compatible = "arm,mhu", .message = mcapi_words, .late_clear = true },
	{ .compatible = "arm,mhu-doorbell", .message = mcapi_words, .late_clear = true },
	{ .compatible = "arm,mhuv2-tx", .message = mcapi_words, .late_clear = true,
	  .suits = mcapi_controller_is_all_doorbells },
	{ .compatible = "arm,mhuv2-rx", .message = mcapi_words, .late_clear = true,
	  .suits = mcapi_controller_is_all_doorbells },
	{ .compatible = "arm,mhuv3", .message = mcapi_words, .late_clear = true },
	{ .compatible = "amlogic,meson-gxbb-mhu", .message = mcapi_words, .late_clear = true },
	{ .compatible = "arm,pl320", .message = mcapi_words },

	{ .compatible = "fsl,imx6sx-mu", .message = mcapi_words },
	{ .compatible = "fsl,imx7ulp-mu", .message = mcapi_words },
	{ .compatible = "fsl,imx8ulp-mu", .message = mcapi_words },
	{ .compatible = "fsl,imx95-mu", .message = mcapi_words },

	{ .compatible = "st,stm32mp1-ipcc", .message = mcapi_words, .late_clear = true },
	{ .compatible = "st,stih407-mailbox", .message = mcapi_words, .late_clear = true },

	{ .compatible = "xlnx,zynqmp-ipi-mailbox", .message = mcapi_empty,
	  .late_clear = true, .rx_ack = true },
	{ .compatible = "xlnx,versal-ipi-mailbox", .message = mcapi_empty,
	  .late_clear = true, .rx_ack = true },

	{ .compatible = "ti,omap2-mailbox", .message = MCAPI_NUMBER },
	{ .compatible = "ti,omap3-mailbox", .message = MCAPI_NUMBER },
	{ .compatible = "ti,omap4-mailbox", .message = MCAPI_NUMBER },
	{ .compatible = "ti,am654-mailbox", .message = MCAPI_NUMBER },
	{ .compatible = "ti,am64-mailbox", .message = MCAPI_NUMBER },

	{ .compatible = "allwinner,sun6i-a31-msgbox", .message = mcapi_words },
	{ .compatible = "brcm,bcm2835-mbox", .request = true },
	{ .compatible = "hisilicon,hi6220-mbox", .message = mcapi_words, .late_clear = true },
	{ .compatible = "mediatek,mt8186-adsp-mbox", .message = mcapi_words },
	{ .compatible = "mediatek,mt8195-adsp-mbox", .message = mcapi_words },
	{ .compatible = "sprd,sc9860-mailbox", .message = mcapi_words },
	{ .compatible = "altr,mailbox-1.0", .message = mcapi_words },
};

static const struct mcapi_controller mcapi_unknown_controller = {
	.compatible = "unknown", .message = mcapi_words, .late_clear = true,
};

/*
 * The VideoCore reads a word: an address that is a multiple of 16, and in the lowest
 * bits who is meant. A request to its firmware that asks for nothing is answered, too.
 */
#define MCAPI_REQUESTS	8u

static const struct mcapi_controller *
mcapi_controller_with_request(struct device *dev, const struct mcapi_controller *kind)
{
	struct mcapi_controller *controller;
	dma_addr_t address;
	u32 *request;

	controller = devm_kmemdup(dev, kind, sizeof(*kind), GFP_KERNEL);
	request = dmam_alloc_coherent(dev, 4 * sizeof(*request), &address, GFP_KERNEL);
	if (!controller || !request)
		return ERR_PTR(-ENOMEM);
	/* its size, a code, no tags but the one that ends them; and the word */
	request[0] = 3 * sizeof(*request);
	request[3] = lower_32_bits(address) | MCAPI_REQUESTS;
	controller->message = &request[3];
	return controller;
}

static const struct mcapi_controller *mcapi_controller_of(const struct device_node *np,
							  const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mcapi_controllers); i++) {
		const struct mcapi_controller *controller = &mcapi_controllers[i];

		if (np ? of_device_is_compatible(np, controller->compatible) :
			 !strcmp(name, controller->compatible))
			return np && controller->suits && !controller->suits(np) ?
				       ERR_PTR(-EOPNOTSUPP) : controller;
	}
	return NULL;
}

/* For a link of the device tree @np is the controller's node; else only @name is known. */
const struct mcapi_controller *mcapi_controller_find(struct device *dev,
						     const struct device_node *np,
						     const char *name)
{
	const struct mcapi_controller *controller = mcapi_controller_of(np, name);

	/* Xilinx has the cells in children, of which older trees say no compatible. */
	if (!controller && np && np->parent)
		controller = mcapi_controller_of(np->parent, name);
	/* What would follow our words as if they were its messages is nothing to try. */
	if (IS_ERR(controller)) {
		dev_err(dev, "mailbox controller %s rings no doorbell in this mode and must not be used\n",
			name);
		return controller;
	}
	if (controller)
		return controller->request ? mcapi_controller_with_request(dev, controller) :
					     controller;
	if (allow_unknown_controller) {
		dev_warn(dev, "mailbox controller %s was never looked at for mcapi\n", name);
		return &mcapi_unknown_controller;
	}
	dev_err(dev, "mailbox controller %s is not known to mcapi; load mcapi with allow_unknown_controller=1 to try it\n",
		name);
	return ERR_PTR(-EOPNOTSUPP);
}
