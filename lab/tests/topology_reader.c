/* SPDX-License-Identifier: BSD-3-Clause */
/* Prints a topology page as the C structures see it. */
#include <stdio.h>
#include <linux/mcapi_ivshmem.h>

static unsigned char page[65536];

int main(int argc, char **argv)
{
	const struct mcapi_ivshmem_head *head = (const void *)page;
	FILE *file = fopen(argv[argc - 1], "rb");

	if (!file || fread(page, sizeof(page), 1, file) != 1)
		return 1;
	printf("%d %u.%u %u\n", head->magic == MCAPI_IVSHMEM_MAGIC, head->major, head->minor,
	       head->peers);
	for (unsigned int i = 0; i < head->links; i++) {
		const struct mcapi_ivshmem_link *link =
			(const void *)(page + MCAPI_IVSHMEM_LINK_OFF + i * sizeof(*link));

		printf("%u %u %llu %llu %s %s\n", link->a, link->b, link->offset / 1048576,
		       link->length / 1048576, link->label_a, link->label_b);
	}
	return 0;
}
