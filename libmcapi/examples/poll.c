/* SPDX-License-Identifier: BSD-3-Clause */
/* poll.c - an event loop that waits for messages, nodes, and anything else, in poll(2) */
#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mcapix.h>

static int other_process(void)
{
	mcapi_endpoint_t here, there;
	mcapi_status_t status;
	mcapi_info_t info;

	mcapi_initialize(2, 1, NULL, NULL, &info, &status);
	if (status != MCAPI_SUCCESS)
		return 1;
	here = mcapi_endpoint_create(MCAPI_PORT_ANY, &status);
	there = mcapi_endpoint_get(1, 1, 10, 5000, &status);
	for (int i = 0; i < 3 && status == MCAPI_SUCCESS; i++)
		mcapi_msg_send(here, there, &i, sizeof(i), 0, &status);
	mcapi_finalize(&status);
	return status != MCAPI_SUCCESS;
}

int main(void)
{
	struct mcapix_event event = { .size = sizeof(event) };
	struct pollfd fds[2];
	mcapi_endpoint_t here;
	mcapi_status_t status;
	mcapi_info_t info;
	int left = 3, value, result = 0;
	size_t size;

	if (!fork())
		return other_process();
	mcapi_initialize(1, 1, NULL, NULL, &info, &status);
	if (status != MCAPI_SUCCESS)
		return 1;
	here = mcapi_endpoint_create(10, &status);
	fds[0] = (struct pollfd){ .fd = mcapix_endpoint_fd(here, &status), .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = mcapix_node_fd(&status), .events = POLLIN };

	while (left && poll(fds, 2, 5000) > 0) {
		/* Until there is no more: that, too, makes the descriptors unreadable. */
		while (mcapi_msg_available(here, &status)) {
			mcapi_msg_recv(here, &value, sizeof(value), &size, &status);
			printf("message %d\n", value);
			left--;
		}
		while (mcapix_event_get(&event, 0, &status))
			printf("node %u:%u %s\n", event.domain, event.node,
			       event.kind == MCAPIX_PEER_JOINED ? "joined" : "left");
	}
	mcapi_finalize(&status);
	wait(&result);
	return left || result ? 1 : 0;
}
