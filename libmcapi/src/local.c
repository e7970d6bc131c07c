/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A section is taken by an open-file-description lock on one byte of the window:
 * the system gives it back when the process ends, however it ends, so that lock
 * is the truth about who lives. flock() on the same file serialises those who
 * attach.
 */
#include "local.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "node.h"
#include "peer.h"

static struct flock section_lock(uint32_t section, short type)
{
	return (struct flock){
		.l_type = type, .l_whence = SEEK_SET, .l_start = section, .l_len = 1,
	};
}

bool local_locked(const struct local *local, uint32_t section)
{
	struct flock lock = section_lock(section, F_WRLCK);

	return !fcntl(local->fd, F_OFD_GETLK, &lock) && lock.l_type != F_UNLCK;
}

static bool open_directory(struct local *local)
{
	const char *named = getenv("MCAPI_LOCAL_DIR");
	struct stat st;

	if (!named || !*named) {
		snprintf(local->dir, sizeof(local->dir), "/dev/shm/mcapi-%u", geteuid());
	} else if (snprintf(local->dir, sizeof(local->dir), "%s", named) >=
		   (int)sizeof(local->dir)) {
		detail("MCAPI_LOCAL_DIR is longer than %zu bytes", sizeof(local->dir) - 1);
		return false;
	}
	if (mkdir(local->dir, 0700) && errno != EEXIST) {
		detail("cannot make the local link's directory %s: %m", local->dir);
		return false;
	}
	local->dir_fd = open(local->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (local->dir_fd < 0 || fstat(local->dir_fd, &st)) {
		detail("cannot open the local link's directory %s: %m", local->dir);
		return false;
	}
	if (st.st_uid != geteuid() || (st.st_mode & 077)) {
		detail("%s is not private to user %u: remove it or set MCAPI_LOCAL_DIR",
		       local->dir, geteuid());
		return false;
	}
	return true;
}

static bool lock_file(int fd)
{
	int failed;

	do {
		failed = flock(fd, LOCK_EX);
	} while (failed && errno == EINTR);
	return !failed;
}

/* A window of another size, of another version: nobody uses it, so it can go. */
static bool start_anew(struct local *local, struct stat *st)
{
	struct flock any = section_lock(0, F_WRLCK);
	uint32_t magic = 0;

	any.l_len = MCAPI_WIRE_MAX_SECTIONS;
	if (pread(local->fd, &magic, sizeof(magic), 0) != sizeof(magic) ||
	    magic != MCAPI_WIRE_SIDE_MAGIC || fcntl(local->fd, F_OFD_GETLK, &any) || any.l_type != F_UNLCK ||
	    ftruncate(local->fd, 0))
		return false;
	st->st_size = 0;
	return true;
}

/*
 * What is not there yet must be before it is written: a full file system would
 * end the program by SIGBUS. True where files cannot be given memory beforehand.
 */
static bool get_memory(struct local *local, off_t off, off_t bytes)
{
	if (!fallocate(local->fd, 0, off, bytes) || errno == EOPNOTSUPP)
		return true;
	detail("no memory for the local link in %s: %m", local->dir);
	return false;
}

/* Opens the window's file, of the right size, and keeps it locked. */
static bool open_file(struct local *local)
{
	struct stat st;

	local->fd = openat(local->dir_fd, "window", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
			   0600);
	if (local->fd < 0 || !lock_file(local->fd) || fstat(local->fd, &st)) {
		detail("cannot open %s/window: %m", local->dir);
		return false;
	}
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077) ||
	    (st.st_size && st.st_size != LOCAL_BYTES && !start_anew(local, &st))) {
		detail("%s/window is not a local link of this library's version: remove it when "
		       "no MCAPI program runs", local->dir);
		return false;
	}
	if (!st.st_size && ftruncate(local->fd, LOCAL_BYTES)) {
		detail("cannot make %s/window of %lld bytes: %m", local->dir,
		       (long long)LOCAL_BYTES);
		return false;
	}
	return true;
}

static void *map(const struct local *local, size_t bytes, int prot, off_t offset)
{
	void *at = mmap(NULL, bytes, prot, MAP_SHARED, local->fd, offset);

	if (at == MAP_FAILED) {
		detail("cannot map %s/window: %m", local->dir);
		return NULL;
	}
	/*
	 * A forked child is no part of the node: it must not write for it, and a
	 * mapping would keep the file open, and with it the lock of the section.
	 */
	madvise(at, bytes, MADV_DONTFORK);
	return at;
}

static bool open_window(struct link *link, struct local *local)
{
	struct mcapi_wire_side *header;

	if (!open_file(local) || !get_memory(local, 0, MCAPI_WIRE_GRANULE))
		return false;
	local->window = map(local, LOCAL_BYTES, PROT_READ, 0);
	local->control = map(local, MCAPI_WIRE_GRANULE, PROT_READ | PROT_WRITE, 0);
	if (!local->window || !local->control)
		return false;

	header = local_header(local);
	if (!header->magic) {
		side_geometry(header, LOCAL_BYTES, 0, LOCAL_SECTION);
		header->boot_epoch = (uint32_t)node_now() | 1;
		header->state = MCAPI_WIRE_SIDE_UP;
		__atomic_store_n(&header->magic, MCAPI_WIRE_SIDE_MAGIC, __ATOMIC_RELEASE);
	}
	switch (side_read(&link->mine, local->window, LOCAL_BYTES, 0)) {
	case SIDE_OK:
		/* Both sides are this one, which is always up. */
		link->theirs = link->mine;
		link->epoch = header->boot_epoch;
		link->constant = true;
		return true;
	case SIDE_VERSION:
		detail("%s/window has wire format %u, this library speaks %u", local->dir,
		       header->major, MCAPI_WIRE_MAJOR);
		return false;
	default:
		detail("%s/window is damaged: remove it when no MCAPI program runs", local->dir);
		return false;
	}
}

static bool lives(struct local *local, uint32_t section)
{
	return peer_load(&local_owner(local, section)->state) == MCAPI_WIRE_OWNER_LIVE &&
	       local_locked(local, section);
}

/* Does a live node still read what the dead owner of @section left at @epoch? */
static bool claimed(struct link *link, struct local *local, uint32_t section, uint32_t epoch)
{
	for (uint32_t i = 0; i < link->mine.sections; i++)
		if (i != section && lives(local, i) &&
		    peer_load(&side_in(&link->mine, i, section)->epoch) == epoch)
			return true;
	return false;
}

static bool identity_taken(struct link *link, struct local *local)
{
	for (uint32_t i = 0; i < link->mine.sections; i++) {
		const struct mcapi_wire_node *head = side_node(&link->mine, i);

		if (lives(local, i) && peer_load(&head->state) == MCAPI_WIRE_NODE_READY &&
		    peer_load(&head->domain) == link->node->domain &&
		    peer_load(&head->node) == link->node->number)
			return true;
	}
	return false;
}

/* Takes a section that nobody owns and nobody reads. */
static bool take_section(struct link *link, struct local *local)
{
	const uint32_t start = local_header(local)->owner_seq;

	if (identity_taken(link, local)) {
		detail("another process is node %u:%u already", link->node->domain,
		       link->node->number);
		return false;
	}
	for (uint32_t n = 0; n < link->mine.sections; n++) {
		const uint32_t i = (start + n) % link->mine.sections;
		struct mcapi_wire_owner *owner = local_owner(local, i);
		struct flock lock = section_lock(i, F_WRLCK);
		uint32_t epoch = owner->epoch;

		if (fcntl(local->fd, F_OFD_SETLK, &lock))
			continue;
		/* Free first, claims looked for afterwards; see receiver.c. */
		__atomic_store_n(&owner->state, MCAPI_WIRE_OWNER_FREE, __ATOMIC_RELEASE);
		full_barrier();
		if (epoch && claimed(link, local, i, epoch)) {
			__atomic_store_n(&owner->state, MCAPI_WIRE_OWNER_DEAD, __ATOMIC_RELEASE);
			lock.l_type = F_UNLCK;
			fcntl(local->fd, F_OFD_SETLK, &lock);
			continue;
		}
		epoch = (epoch + 1) & 0xffff;
		link->section = i;
		link->section_epoch = local_header(local)->boot_epoch << 16 | (epoch ? epoch : 1);
		owner->epoch = link->section_epoch;
		owner->pid = (uint32_t)getpid();
		return true;
	}
	detail("all %u sections of the local link are taken or in quarantine", link->mine.sections);
	return false;
}

static bool make_fifo(struct link *link, struct local *local)
{
	char name[24];

	snprintf(name, sizeof(name), "wake.%u", link->section);
	unlinkat(local->dir_fd, name, 0);
	if (mkfifoat(local->dir_fd, name, 0600) ||
	    (local->fifo = openat(local->dir_fd, name,
				  O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)) < 0) {
		detail("cannot make %s/%s: %m", local->dir, name);
		return false;
	}
	return true;
}

static bool local_back(void *arg, uint32_t off, uint32_t bytes)
{
	struct link *link = arg;
	struct local *local = (struct local *)(link + 1);
	const off_t section = (off_t)side_section_off(&link->mine, link->section);

	for (uint32_t i = off / LOCAL_CHUNK; i <= (off + bytes - 1) / LOCAL_CHUNK; i++) {
		if (!local->backed[i] &&
		    !get_memory(local, section + (off_t)i * LOCAL_CHUNK, LOCAL_CHUNK))
			return false;
		local->backed[i] = true;
	}
	return true;
}

static bool attach(struct link *link, struct local *local)
{
	const uint32_t size = side_section_size(&link->mine);

	if (!take_section(link, local))
		return false;
	/* What others left there takes memory for nothing. */
	fallocate(local->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		  (off_t)side_section_off(&link->mine, link->section), size);
	if (!local_back(link, 0, MCAPI_WIRE_DIR_OFF +
			MCAPI_WIRE_MAX_ENDPOINTS * sizeof(struct mcapi_wire_endpoint)))
		return false;
	link->own.base = map(local, size, PROT_READ | PROT_WRITE,
			     (off_t)side_section_off(&link->mine, link->section));
	link->own.size = size;
	if (!link->own.base || !make_fifo(link, local))
		return false;
	local->fences = !syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0, 0);
	local_wake(local, link->section)->flags = local->fences ? MCAPI_WIRE_WAKE_FENCES : 0;
	/* Goes on where the last owner's ended, so that no two sleeps look alike. */
	local->sleeps = local_wake(local, link->section)->state & -MCAPI_WIRE_WAKE_SLEEP;
	link->ops->disarm(link);
	if (!link_setup(link))
		return false;
	link->heap.back = local_back;
	link->heap.back_arg = link;
	__atomic_store_n(&local_owner(local, link->section)->state, MCAPI_WIRE_OWNER_LIVE,
			 __ATOMIC_RELEASE);
	__atomic_fetch_add(&local_header(local)->owner_seq, 1, __ATOMIC_RELEASE);
	/* Ready before the file lock goes: two nodes of one name cannot both come in. */
	link_ready(link);
	return true;
}

bool local_attach(struct link *link, struct local *local)
{
	bool ok;

	local->dir_fd = local->fd = local->fifo = -1;
	ok = open_directory(local) && open_window(link, local) && attach(link, local);
	if (local->fd >= 0)
		flock(local->fd, LOCK_UN);
	return ok;
}

void local_release(struct link *link, struct local *local)
{
	struct peer *peer;
	char name[24];

	if (local->fifo >= 0) {
		snprintf(name, sizeof(name), "wake.%u", link->section);
		unlinkat(local->dir_fd, name, 0);
		close(local->fifo);
	}
	if (link->own.base) {
		__atomic_store_n(&local_owner(local, link->section)->state,
				 MCAPI_WIRE_OWNER_DEAD, __ATOMIC_RELEASE);
		__atomic_fetch_add(&local_header(local)->owner_seq, 1, __ATOMIC_RELEASE);
		/* Whoever waits for us looks, and finds that there is nobody. */
		link_for_each_peer(link, peer)
			if (peer->section != link->section)
				peer_poke(peer);
		munmap(link->own.base, link->own.size);
	}
	if (local->control)
		munmap(local->control, MCAPI_WIRE_GRANULE);
	if (local->window)
		munmap(local->window, LOCAL_BYTES);
	if (local->fd >= 0)
		close(local->fd);
	if (local->dir_fd >= 0)
		close(local->dir_fd);
}
