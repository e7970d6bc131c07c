/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pl320.h - the mailboxes of an Arm PL320, register by register
 *
 * Up to 32 mailboxes that interrupt up to 32 processors, which are numbered by their
 * interrupts. A mailbox belongs to the processor whose bit is in its source register:
 * it can be written from 0 to one bit and back to 0, and to write 0 resets the whole
 * mailbox. Only then can the others be written: where it leads, whom it may interrupt,
 * the words, and the send register, which interrupts those or the owner.
 *
 * Pure logic; also compiled in user space by tests/, on a model of the registers.
 */
#ifndef _MAILBOX_PL320_H
#define _MAILBOX_PL320_H

#ifdef __KERNEL__
#include <linux/bits.h>
#include <linux/io.h>
#include <linux/types.h>
#endif

#define PL320_MAILBOXES		32
#define PL320_WORDS		7

#define PL320_SOURCE(m)		((m) * 0x40)
#define PL320_DSET(m)		((m) * 0x40 + 0x04)
#define PL320_MSET(m)		((m) * 0x40 + 0x14)
#define PL320_SEND(m)		((m) * 0x40 + 0x20)
#define PL320_WORD(m, n)	((m) * 0x40 + 0x24 + (n) * 4)
#define PL320_MASKED(id)	(0x800 + (id) * 8)
#define PL320_CONFIG		0x900

#define PL320_SEND_MESSAGE	1
#define PL320_SEND_ACK		2

/**
 * struct pl320_config - what was chosen when the chip was made
 * @mailboxes: number of them
 * @ids: number of processors
 * @words: that a message has
 */
struct pl320_config {
	u32 mailboxes;
	u32 ids;
	u32 words;
};

static inline struct pl320_config pl320_config(void __iomem *regs)
{
	u32 config = readl(regs + PL320_CONFIG);
	const struct pl320_config c = {
		.mailboxes = config >> 16 & 0x3f,
		.ids = config >> 8 & 0x3f,
		.words = config & 0x7,
	};

	return c;
}

static inline bool pl320_is_ours(void __iomem *regs, u32 m, u32 own)
{
	return readl(regs + PL320_SOURCE(m)) == BIT(own);
}

/* What is under way in a mailbox of ours ends with this. */
static inline void pl320_release(void __iomem *regs, u32 m, u32 own)
{
	if (pl320_is_ours(regs, m, own))
		writel(0, regs + PL320_SOURCE(m));
}

/* Makes a mailbox ours that leads to @to. Returns false if it is somebody else's. */
static inline bool pl320_claim(void __iomem *regs, u32 m, u32 own, u32 to)
{
	/* It may be so from an earlier life, and in use. */
	pl320_release(regs, m, own);
	writel(BIT(own), regs + PL320_SOURCE(m));
	if (!pl320_is_ours(regs, m, own))
		return false;
	writel(BIT(to), regs + PL320_DSET(m));
	writel(BIT(own) | BIT(to), regs + PL320_MSET(m));
	return true;
}

static inline void pl320_send(void __iomem *regs, u32 m, const u32 *words, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		writel(words[i], regs + PL320_WORD(m, i));
	writel(PL320_SEND_MESSAGE, regs + PL320_SEND(m));
}

/* Mailboxes that interrupt processor @own, a bit for each. */
static inline u32 pl320_pending(void __iomem *regs, u32 own)
{
	return readl(regs + PL320_MASKED(own));
}

/* The other side has taken what we sent. */
static inline void pl320_take_ack(void __iomem *regs, u32 m)
{
	writel(0, regs + PL320_SEND(m));
}

/*
 * Takes a message and says so, which allows the next one: whoever is told of this
 * one is told afterwards, so that nothing that came before it goes unseen.
 */
static inline void pl320_take_message(void __iomem *regs, u32 m, u32 *words, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		words[i] = readl(regs + PL320_WORD(m, i));
	writel(PL320_SEND_ACK, regs + PL320_SEND(m));
}

#endif /* _MAILBOX_PL320_H */
