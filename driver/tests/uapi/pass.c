// SPDX-License-Identifier: BSD-3-Clause
/*
 * pass.c - an open file in other hands: passed on, inherited by exec
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "uapi.h"

union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

static void send_fd(int socket, int fd)
{
	union control control = { .room = { 0 } };
	struct iovec byte = { .iov_base = "", .iov_len = 1 };
	struct msghdr message = { .msg_iov = &byte, .msg_iovlen = 1,
				  .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	CHECK(sendmsg(socket, &message, 0) == 1);
}

static int receive_fd(int socket)
{
	union control control;
	char byte;
	struct iovec part = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
				  .msg_control = &control, .msg_controllen = sizeof(control) };
	int fd = -1;

	if (recvmsg(socket, &message, 0) == 1 && CMSG_FIRSTHDR(&message))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

static bool owner_is(const void *link, const struct mcapi_info *info, uint32_t section,
		     uint32_t state)
{
	return owner_line(link, info, section)->state == state;
}

/* The file lives as long as the last who has it, and its section with it. */
static void passed_file_keeps_its_section(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY), sockets[2], status;
	struct mcapi_info info = get_info(a);
	struct mcapi_attach own = attach(a), again;
	const void *link = map(b, MCAPI_WINDOW_LINK, PROT_READ);
	char byte = 0;
	pid_t child;

	wait_up(a);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		struct mcapi_notify notify = { .size = sizeof(notify) };
		int fd;

		/* what was inherited is not what is tested */
		close(a);
		close(sockets[0]);
		fd = receive_fd(sockets[1]);
		if (read(sockets[1], &byte, 1) != 1 ||
		    ioctl(fd, MCAPI_IOC_NOTIFY, &notify) ||
		    try_attach(fd, &again) != -1 || errno != EBUSY ||
		    write(sockets[1], &byte, 1) != 1 || read(sockets[1], &byte, 1) != 1)
			_exit(1);
		_exit(0);
	}
	close(sockets[1]);
	send_fd(sockets[0], a);
	close_end(a);
	CHECK(write(sockets[0], &byte, 1) == 1);
	CHECK(read(sockets[0], &byte, 1) == 1);
	CHECK(owner_is(link, &info, own.section, MCAPI_WIRE_OWNER_LIVE));
	CHECK(write(sockets[0], &byte, 1) == 1);
	CHECK(waitpid(child, &status, 0) == child);
	close(sockets[0]);
	CHECK(WIFEXITED(status) && !WEXITSTATUS(status));
	CHECK(!owner_is(link, &info, own.section, MCAPI_WIRE_OWNER_LIVE));
}

/* Started again by exec with the file at @fd: is it still the same one? */
int inherited_file_works(int fd)
{
	struct mcapi_notify notify = { .size = sizeof(notify) };
	struct mcapi_attach again;

	if (ioctl(fd, MCAPI_IOC_NOTIFY, &notify))
		return 1;
	return try_attach(fd, &again) == -1 && errno == EBUSY ? 0 : 1;
}

static void file_survives_exec(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY), status;
	struct mcapi_info info = get_info(a);
	struct mcapi_attach own = attach(a);
	const void *link = map(b, MCAPI_WINDOW_LINK, PROT_READ);
	char number[16];
	pid_t child;

	CHECK(map(a, MCAPI_WINDOW_SECTION, PROT_READ | PROT_WRITE));
	CHECK(fcntl(a, F_SETFD, 0) == 0);
	snprintf(number, sizeof(number), "%d", a);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		execl("/proc/self/exe", "mcapi-uapi-test", "--inherited", number, NULL);
		_exit(127);
	}
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && !WEXITSTATUS(status));
	CHECK(owner_is(link, &info, own.section, MCAPI_WIRE_OWNER_LIVE));
}

const struct test pass_tests[] = {
	{ "a file that is passed on keeps its section", passed_file_keeps_its_section, false },
	{ "a file survives exec", file_survives_exec, false },
	{ NULL, NULL, false }
};
