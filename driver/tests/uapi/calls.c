// SPDX-License-Identifier: BSD-3-Clause
/*
 * calls.c - ioctls of /dev/mcapiN: what they answer, what they refuse
 */
#include <asm/termbits.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "uapi.h"

static const struct {
	unsigned long number;
	uint32_t least;	/* bytes of the first version */
	uint32_t size;
} commands[] = {
	{ MCAPI_IOC_INFO, MCAPI_INFO_SIZE_VER0, sizeof(struct mcapi_info) },
	{ MCAPI_IOC_ATTACH, sizeof(struct mcapi_attach), sizeof(struct mcapi_attach) },
	{ MCAPI_IOC_WINDOW, sizeof(struct mcapi_window), sizeof(struct mcapi_window) },
	{ MCAPI_IOC_NOTIFY, sizeof(struct mcapi_notify), sizeof(struct mcapi_notify) },
	{ MCAPI_IOC_WAIT, MCAPI_WAIT_SIZE_VER0, sizeof(struct mcapi_wait) },
	{ MCAPI_IOC_NOTIFY_WAIT, MCAPI_WAIT_SIZE_VER0, sizeof(struct mcapi_wait) },
	{ MCAPI_IOC_EVENTFD, sizeof(struct mcapi_eventfd), sizeof(struct mcapi_eventfd) },
	{ MCAPI_IOC_SYNC, sizeof(struct mcapi_sync), sizeof(struct mcapi_sync) },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void info_describes_both_ends(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY);
	struct mcapi_info at_a, at_b;

	wait_up(a);
	wait_up(b);
	at_a = get_info(a);
	at_b = get_info(b);
	CHECK(at_a.abi == MCAPI_ABI_VERSION);
	CHECK(at_a.side + at_b.side == 1);
	CHECK(at_a.local_epoch && at_a.local_epoch == at_b.peer_epoch);
	CHECK(at_b.local_epoch && at_b.local_epoch == at_a.peer_epoch);
	CHECK(at_a.window_size == at_b.window_size);
	CHECK(at_a.sections >= 1 && at_a.sections <= MCAPI_WIRE_MAX_SECTIONS);
	CHECK(at_a.section_size % MCAPI_WIRE_GRANULE == 0);
	CHECK(section_offset(&at_a, at_a.sections) <= at_a.window_size / (2 - at_a.side));
	CHECK(strnlen(at_a.name, sizeof(at_a.name)) < sizeof(at_a.name));
	CHECK(strcmp(at_a.name, at_b.name));
}

static void attach_needs_reading_and_writing(const struct ends *ends)
{
	struct mcapi_attach attach;

	CHECK_ERROR(try_attach(open_end(ends, 0, O_RDONLY), &attach), EPERM);
	CHECK_ERROR(try_attach(open_end(ends, 0, O_WRONLY), &attach), EPERM);
}

static void attach_gives_one_section_to_a_file(const struct ends *ends)
{
	int one = open_end(ends, 0, O_RDWR), two = open_end(ends, 0, O_RDWR);
	struct mcapi_attach first = attach(one), second, again;

	CHECK(first.epoch);
	CHECK(first.epoch >> 16 == (get_info(one).local_epoch & 0xffff));
	CHECK_ERROR(try_attach(one, &again), EBUSY);
	second = attach(two);
	CHECK(second.section != first.section);
	CHECK(second.epoch != first.epoch);
}

static void attach_ends_with_enospc_and_close_gives_back(const struct ends *ends)
{
	uint32_t sections = get_info(open_end(ends, 0, O_RDONLY)).sections, given = 0;
	int fds[MCAPI_WIRE_MAX_SECTIONS], spare = open_end(ends, 0, O_RDWR);
	struct mcapi_attach none;

	for (uint32_t i = 0; i < sections; i++) {
		fds[i] = open_end(ends, 0, O_RDWR);
		given = attach(fds[i]).section;
	}
	CHECK_ERROR(try_attach(spare, &none), ENOSPC);
	close_end(fds[sections - 1]);
	CHECK(attach(spare).section == given);
}

/* Sets what @end's section says of the peer's section @n: the epoch it still reads. */
static void set_reading(void *section, uint32_t n, uint32_t epoch)
{
	volatile struct mcapi_wire_in *in = (void *)((char *)section + MCAPI_WIRE_IN_OFF);

	in[n].epoch = epoch;
}

static void dead_section_rests_while_it_is_read(const struct ends *ends)
{
	int reader = open_end(ends, 1, O_RDWR), owner = open_end(ends, 0, O_RDWR), fd;
	uint32_t sections = get_info(owner).sections;
	struct mcapi_attach dead = attach(owner), other, none;
	void *section;

	wait_up(owner);
	wait_up(reader);
	attach(reader);
	section = map(reader, MCAPI_WINDOW_SECTION, PROT_READ | PROT_WRITE);
	set_reading(section, dead.section, dead.epoch);
	close_end(owner);

	for (uint32_t i = 0; i < sections - 1; i++) {
		other = attach(open_end(ends, 0, O_RDWR));
		CHECK(other.section != dead.section);
	}
	fd = open_end(ends, 0, O_RDWR);
	CHECK_ERROR(try_attach(fd, &none), ENOSPC);
	set_reading(section, dead.section, 0);
	other = attach(fd);
	CHECK(other.section == dead.section);
	CHECK(other.epoch != dead.epoch);
}

static void attached_section_is_clear(const struct ends *ends)
{
	struct mcapi_info info = get_info(open_end(ends, 0, O_RDONLY));
	const uint8_t *byte;

	for (uint32_t round = 0; round < 2 * info.sections; round++) {
		int fd = open_end(ends, 0, O_RDWR);
		struct mcapi_window window;
		uint8_t *section;

		attach(fd);
		window = get_window(fd, MCAPI_WINDOW_SECTION);
		section = mmap(NULL, window.length, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			       (off_t)window.offset);
		CHECK(section != MAP_FAILED);
		for (byte = section; byte < section + window.length; byte++)
			CHECK(*byte == 0);
		memset(section, 0xff, window.length);
		CHECK(munmap(section, window.length) == 0);
		close_end(fd);
	}
}

static void wrong_sizes_are_refused(const struct ends *ends)
{
	int fd = open_end(ends, 0, O_RDWR);
	union {
		uint32_t size;
		char bytes[8192];
	} arg;

	for (size_t i = 0; i < COMMANDS; i++) {
		uint32_t size = commands[i].size;
		const uint32_t small[] = { 0, 4, 8, commands[i].least - 1 };

		memset(&arg, 0, sizeof(arg));
		for (size_t s = 0; s < sizeof(small) / sizeof(small[0]); s++) {
			arg.size = small[s];
			CHECK_ERROR(ioctl(fd, commands[i].number, &arg), EINVAL);
		}
		arg.size = size + 8;
		arg.bytes[size + 7] = 1;
		CHECK_ERROR(ioctl(fd, commands[i].number, &arg), E2BIG);
		arg.size = sizeof(arg);
		CHECK_ERROR(ioctl(fd, commands[i].number, &arg), E2BIG);
		arg.size = UINT32_MAX;
		CHECK_ERROR(ioctl(fd, commands[i].number, &arg), E2BIG);
	}
}

static void longer_arguments_with_a_tail_of_zeros_are_taken(const struct ends *ends)
{
	int fd = open_end(ends, 0, O_RDWR);
	struct {
		struct mcapi_info info;
		uint64_t later[4];
	} arg = { .info.size = sizeof(arg) };

	/* A later header's command number also has the later size in it. */
	CHECK(ioctl(fd, _IOC(_IOC_READ | _IOC_WRITE, MCAPI_IOC_MAGIC, 0, sizeof(arg)), &arg) == 0);
	CHECK(arg.info.abi == MCAPI_ABI_VERSION);
	CHECK(arg.info.size == sizeof(arg));
}

static void arguments_of_the_first_version_are_taken(const struct ends *ends)
{
	int fd = open_end(ends, 0, O_RDWR);
	union {
		struct mcapi_info info;
		char bytes[sizeof(struct mcapi_info)];
	} arg;
	struct {
		struct mcapi_wait wait;
	} old = { .wait = { .size = MCAPI_WAIT_SIZE_VER0, .word_mask = 0xffffffff } };

	memset(&arg, 0x5a, sizeof(arg));
	arg.info.size = MCAPI_INFO_SIZE_VER0;
	arg.info.flags = 0;
	CHECK(ioctl(fd, MCAPI_IOC_INFO, &arg) == 0);
	CHECK(arg.info.abi == MCAPI_ABI_VERSION);
	/* what such a program does not know is neither read nor written */
	for (size_t i = MCAPI_INFO_SIZE_VER0; i < sizeof(arg); i++)
		CHECK(arg.bytes[i] == 0x5a);
	CHECK(ioctl(fd, MCAPI_IOC_WAIT, &old) == 0 || errno == ETIMEDOUT);
	CHECK(old.wait.word_mask == 0xffffffff);
}

static void sync_covers_only_what_is_ours(const struct ends *ends)
{
	int fd = open_end(ends, 0, O_RDWR);
	struct mcapi_info info = get_info(fd);
	uint64_t half = info.window_size / 2, own = info.side * half, peer = half - own;
	struct mcapi_sync sync = { .size = sizeof(sync) };

	/* no section yet */
	sync.offset = own + MCAPI_WIRE_GRANULE;
	sync.length = 64;
	CHECK_ERROR(ioctl(fd, MCAPI_IOC_SYNC, &sync), EINVAL);
	sync.offset = section_offset(&info, attach(fd).section);
	CHECK(ioctl(fd, MCAPI_IOC_SYNC, &sync) == 0);
	sync.length = info.section_size;
	CHECK(ioctl(fd, MCAPI_IOC_SYNC, &sync) == 0);
	sync.length++;
	CHECK_ERROR(ioctl(fd, MCAPI_IOC_SYNC, &sync), EINVAL);
	sync.length = UINT64_MAX;
	CHECK_ERROR(ioctl(fd, MCAPI_IOC_SYNC, &sync), EINVAL);
	sync.offset = own;
	sync.length = 64;
	CHECK_ERROR(ioctl(fd, MCAPI_IOC_SYNC, &sync), EINVAL);

	sync.direction = MCAPI_SYNC_FROM_PEER;
	CHECK_ERROR(ioctl(fd, MCAPI_IOC_SYNC, &sync), EINVAL);
	sync.offset = peer;
	sync.length = half;
	CHECK(ioctl(fd, MCAPI_IOC_SYNC, &sync) == 0);
	sync.offset = peer + 1;
	CHECK_ERROR(ioctl(fd, MCAPI_IOC_SYNC, &sync), EINVAL);

	/* of nothing, too: where it ends, somebody else's memory begins */
	sync.offset = peer + half;
	sync.length = 0;
	CHECK_ERROR(ioctl(fd, MCAPI_IOC_SYNC, &sync), EINVAL);
	sync.direction = MCAPI_SYNC_TO_PEER;
	sync.offset = own + MCAPI_WIRE_GRANULE;
	CHECK_ERROR(ioctl(fd, MCAPI_IOC_SYNC, &sync), EINVAL);

	sync.offset = peer;
	sync.length = half;
	sync.direction = 2;
	CHECK_ERROR(ioctl(fd, MCAPI_IOC_SYNC, &sync), EINVAL);
}

static void flags_and_reserved_fields_must_be_zero(const struct ends *ends)
{
	struct mcapi_notify notify = { .size = sizeof(notify), .reserved = 1 };
	struct mcapi_info info = { .size = sizeof(info), .reserved = 1 };
	struct mcapi_sync sync = { .size = sizeof(sync), .reserved = 1 };
	int fd = open_end(ends, 0, O_RDWR);

	for (size_t i = 0; i < COMMANDS; i++) {
		uint32_t arg[64] = { commands[i].size, 0x80000000 };

		CHECK_ERROR(ioctl(fd, commands[i].number, arg), EINVAL);
	}
	CHECK_ERROR(ioctl(fd, MCAPI_IOC_NOTIFY, &notify), EINVAL);
	CHECK_ERROR(ioctl(fd, MCAPI_IOC_INFO, &info), EINVAL);
	CHECK_ERROR(ioctl(fd, MCAPI_IOC_SYNC, &sync), EINVAL);
}

static void bad_addresses_are_refused(const struct ends *ends)
{
	int fd = open_end(ends, 0, O_RDWR);

	for (size_t i = 0; i < COMMANDS; i++)
		CHECK_ERROR(ioctl(fd, commands[i].number, 16), EFAULT);
}

static void unknown_commands_are_enotty(const struct ends *ends)
{
	int fd = open_end(ends, 0, O_RDWR);
	struct mcapi_info info = { .size = sizeof(info) };
	struct termios termios;

	CHECK_ERROR(ioctl(fd, TCGETS, &termios), ENOTTY);
	CHECK_ERROR(ioctl(fd, _IOWR(MCAPI_IOC_MAGIC, 8, struct mcapi_info), &info), ENOTTY);
	CHECK_ERROR(ioctl(fd, _IOWR(MCAPI_IOC_MAGIC, 255, struct mcapi_info), &info), ENOTTY);
	CHECK_ERROR(ioctl(fd, _IOWR('*', 0, struct mcapi_info), &info), ENOTTY);
	CHECK_ERROR(ioctl(fd, _IO(MCAPI_IOC_MAGIC, 0), &info), ENOTTY);
	CHECK_ERROR(ioctl(fd, _IOR(MCAPI_IOC_MAGIC, 0, struct mcapi_info), &info), ENOTTY);
}

const struct test call_tests[] = {
	{ "INFO describes both ends", info_describes_both_ends, false },
	{ "ATTACH needs a file open for reading and writing",
	  attach_needs_reading_and_writing, false },
	{ "ATTACH gives one section to a file, else EBUSY",
	  attach_gives_one_section_to_a_file, false },
	{ "ATTACH ends with ENOSPC and close gives back",
	  attach_ends_with_enospc_and_close_gives_back, false },
	{ "a dead section rests while the peer reads it",
	  dead_section_rests_while_it_is_read, false },
	{ "an attached section is clear", attached_section_is_clear, false },
	{ "wrong sizes are EINVAL or E2BIG", wrong_sizes_are_refused, false },
	{ "longer arguments with a tail of zeros are taken",
	  longer_arguments_with_a_tail_of_zeros_are_taken, false },
	{ "arguments of the first version are taken",
	  arguments_of_the_first_version_are_taken, false },
	{ "SYNC covers only what is ours", sync_covers_only_what_is_ours, false },
	{ "flags and reserved fields that are not zero are EINVAL",
	  flags_and_reserved_fields_must_be_zero, false },
	{ "bad addresses are EFAULT", bad_addresses_are_refused, false },
	{ "unknown commands are ENOTTY", unknown_commands_are_enotty, false },
	{ NULL, NULL, false }
};
