/* SPDX-License-Identifier: BSD-3-Clause */
#include "ivshmem.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "node.h"

#define SERVER_TIMEOUT_S 5	/* a server that says nothing for so long is no server */

/* One message: a number and perhaps a descriptor (else -1). 0: none now; -1: gone. */
static int receive(struct ivshmem *ivshmem, int64_t *value, int *fd, int flags)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	uint64_t raw;
	struct iovec iov = { .iov_base = &raw, .iov_len = sizeof(raw) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.bytes, .msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *cmsg;
	ssize_t got;

	do {
		got = recvmsg(ivshmem->socket, &msg, flags | MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == EAGAIN ? 0 : -1;
	if (got != sizeof(raw))
		return -1;
	*value = (int64_t)le64toh(raw);
	*fd = -1;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg && cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(cmsg), sizeof(*fd));
	return 1;
}

static bool watch(struct ivshmem *ivshmem, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return !epoll_ctl(ivshmem->events, EPOLL_CTL_ADD, fd, &event);
}

/* A descriptor is the next vector of a peer, or of ourselves; without one the peer left. */
static void peer_message(struct ivshmem *ivshmem, int64_t id, int fd)
{
	if (id < 0 || id >= ivshmem->peers) {
		if (fd >= 0)
			close(fd);
	} else if (fd < 0) {
		if (ivshmem->doorbell[id] >= 0)
			close(ivshmem->doorbell[id]);
		ivshmem->doorbell[id] = -1;
		ivshmem->received[id] = 0;
	} else if (id == ivshmem->id) {
		if (ivshmem->vectors <= ivshmem->peers && watch(ivshmem, fd))
			ivshmem->vector[ivshmem->vectors++] = fd;
		else
			close(fd);
	} else if (ivshmem->received[id]++ == ivshmem->id && ivshmem->doorbell[id] < 0) {
		ivshmem->doorbell[id] = fd;	/* the vector says who rings */
	} else {
		close(fd);
	}
}

static bool map_page(struct ivshmem *ivshmem, const char *path)
{
	const struct mcapi_ivshmem_head *head;
	struct stat st;
	void *page;

	if (fstat(ivshmem->memory, &st) || st.st_size < MCAPI_WIRE_GRANULE) {
		detail("the memory of the ivshmem server at %s is too small", path);
		return false;
	}
	ivshmem->length = (uint64_t)st.st_size;
	page = mmap(NULL, MCAPI_WIRE_GRANULE, PROT_READ, MAP_SHARED, ivshmem->memory, 0);
	if (page == MAP_FAILED) {
		detail("cannot map the memory of the ivshmem server at %s: %m", path);
		return false;
	}
	ivshmem->page = page;
	head = page;
	if (head->magic != MCAPI_IVSHMEM_MAGIC || head->major != MCAPI_IVSHMEM_MAJOR) {
		detail("the memory of the ivshmem server at %s has no topology page of version %u; "
		       "is it this project's server?", path, MCAPI_IVSHMEM_MAJOR);
		return false;
	}
	ivshmem->peers = peer_load(&head->peers);
	ivshmem->links = peer_load(&head->links);
	if (!ivshmem->peers || ivshmem->peers > MCAPI_IVSHMEM_MAX_PEERS ||
	    ivshmem->links > MCAPI_IVSHMEM_MAX_LINKS || ivshmem->id >= ivshmem->peers) {
		detail("the topology page of the ivshmem server at %s makes no sense", path);
		return false;
	}
	return true;
}

static bool handshake(struct ivshmem *ivshmem, const char *path)
{
	int64_t value;
	int fd;

	/* Version, own id, memory. */
	if (receive(ivshmem, &value, &fd, 0) != 1 || value != 0 || fd >= 0)
		goto silent;
	if (receive(ivshmem, &value, &fd, 0) != 1 || value < 0 ||
	    value >= MCAPI_IVSHMEM_MAX_PEERS || fd >= 0)
		goto silent;
	ivshmem->id = (uint32_t)value;
	if (receive(ivshmem, &value, &ivshmem->memory, 0) != 1 || value != -1 ||
	    ivshmem->memory < 0)
		goto silent;
	if (!map_page(ivshmem, path))
		return false;
	/* The others' vectors, then our own; one for each peer and one for presence. */
	while (ivshmem->vectors <= ivshmem->peers) {
		if (receive(ivshmem, &value, &fd, 0) != 1)
			goto silent;
		peer_message(ivshmem, value, fd);
	}
	return true;
silent:
	detail("the server at %s does not speak the ivshmem protocol, or another process has "
	       "this peer id", path);
	return false;
}

struct ivshmem *ivshmem_join(const char *path)
{
	struct ivshmem *ivshmem = calloc(1, sizeof(*ivshmem));
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const struct timeval timeout = { .tv_sec = SERVER_TIMEOUT_S };

	if (!ivshmem)
		return NULL;
	ivshmem->memory = -1;
	for (unsigned int i = 0; i < MCAPI_IVSHMEM_MAX_PEERS; i++)
		ivshmem->doorbell[i] = -1;
	ivshmem->events = epoll_create1(EPOLL_CLOEXEC);
	ivshmem->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (strlen(path) >= sizeof(address.sun_path)) {
		detail("the path of the ivshmem server's socket is too long: %s", path);
		goto fail;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (ivshmem->events < 0 || ivshmem->socket < 0 ||
	    setsockopt(ivshmem->socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) ||
	    connect(ivshmem->socket, (struct sockaddr *)&address, sizeof(address))) {
		detail("cannot connect to the ivshmem server at %s: %m; is the lab running?", path);
		goto fail;
	}
	if (!handshake(ivshmem, path) || !watch(ivshmem, ivshmem->socket))
		goto fail;
	return ivshmem;
fail:
	ivshmem_leave(ivshmem);
	return NULL;
}

void ivshmem_forget(struct ivshmem *ivshmem)
{
	for (uint32_t i = 0; i < ivshmem->vectors; i++)
		close(ivshmem->vector[i]);
	for (unsigned int i = 0; i < MCAPI_IVSHMEM_MAX_PEERS; i++)
		if (ivshmem->doorbell[i] >= 0)
			close(ivshmem->doorbell[i]);
	if (ivshmem->memory >= 0)
		close(ivshmem->memory);
	if (ivshmem->events >= 0)
		close(ivshmem->events);
	if (ivshmem->socket >= 0)
		close(ivshmem->socket);
}

void ivshmem_leave(struct ivshmem *ivshmem)
{
	ivshmem_forget(ivshmem);
	if (ivshmem->page)
		munmap((void *)(uintptr_t)ivshmem->page, MCAPI_WIRE_GRANULE);
	free(ivshmem);
}

void ivshmem_take(struct ivshmem *ivshmem)
{
	struct epoll_event ready[MCAPI_IVSHMEM_MAX_PEERS + 2];
	int count = epoll_wait(ivshmem->events, ready, MCAPI_IVSHMEM_MAX_PEERS + 2, 0);

	for (int i = 0; i < count; i++) {
		int64_t value;
		uint64_t rings;
		int fd, got;

		if (ready[i].data.fd != ivshmem->socket) {
			if (read(ready[i].data.fd, &rings, sizeof(rings)) < 0)
				continue;	/* somebody else took it */
			continue;
		}
		while ((got = receive(ivshmem, &value, &fd, MSG_DONTWAIT)) > 0)
			peer_message(ivshmem, value, fd);
		if (got < 0)	/* the server is gone: do not spin on its socket */
			epoll_ctl(ivshmem->events, EPOLL_CTL_DEL, ivshmem->socket, NULL);
	}
}

bool ivshmem_ring(struct ivshmem *ivshmem, uint32_t peer)
{
	const uint64_t one = 1;

	/* A peer may have joined since we last listened to the server. */
	if (ivshmem->doorbell[peer] < 0)
		ivshmem_take(ivshmem);
	return ivshmem->doorbell[peer] >= 0 &&
	       write(ivshmem->doorbell[peer], &one, sizeof(one)) == sizeof(one);
}

bool ivshmem_present(const struct ivshmem *ivshmem, uint32_t peer)
{
	const struct mcapi_ivshmem_peer *lines =
		(const struct mcapi_ivshmem_peer *)(ivshmem->page + MCAPI_IVSHMEM_PEER_OFF);

	return peer_load(&lines[peer].present) == 1;
}
