/* SPDX-License-Identifier: BSD-3-Clause */
#include "record.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#undef mcapi_display_status

void record(const char *function, mcapi_status_t status, uint64_t *seen)
{
	const char *path = getenv("MCAPI_CONFORMANCE");
	const uint64_t bit = status < 64 ? UINT64_C(1) << status : 0;
	char name[MCAPI_MAX_STATUS_MSG_LEN], line[100];
	int fd, length;

	if (!path || !bit || (__atomic_fetch_or(seen, bit, __ATOMIC_RELAXED) & bit) ||
	    !mcapi_display_status(status, name, sizeof(name)))
		return;
	/* One write a line: several processes append to the same file. */
	length = snprintf(line, sizeof(line), "%s %s\n", function, name);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, line, (size_t)length) != length) {
		perror(path);
		abort();
	}
	close(fd);
}
