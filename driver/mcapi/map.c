// SPDX-License-Identifier: GPL-2.0-only
/*
 * map.c - what a process sees of a link
 *
 * Pages are put in by fault and never counted: the window is no page cache and
 * may not even be memory of this system. When the device goes, all mappings are
 * zapped, and later faults find a page of zeros that leads nowhere.
 */
#include <linux/io.h>

#include "link.h"

/*
 * Cookie of mmap(2): kind, number of the section, offset inside of it. A kernel
 * of 32 bits lets no offset pass that it cannot count in bytes.
 */
#define MCAPI_COOKIE_KIND	(BITS_PER_LONG == 64 ? 40 : 30)
#define MCAPI_COOKIE_SECTION	22

/* The file's own section, or -1. It never changes once it is there. */
static int mcapi_map_section(struct mcapi_file *file)
{
	return READ_ONCE(file->section);
}

int mcapi_map_cookie(struct mcapi_file *file, struct mcapi_window *w)
{
	struct mcapi_link *link = file->link;
	int section = mcapi_map_section(file);

	w->attrs = MCAPI_WINDOW_READ | (link->cached ? MCAPI_WINDOW_CACHED : MCAPI_WINDOW_WC) |
		   (link->sync ? MCAPI_WINDOW_SYNC : 0);
	w->offset = (u64)w->kind << MCAPI_COOKIE_KIND;
	switch (w->kind) {
	case MCAPI_WINDOW_STATUS:
		w->attrs = MCAPI_WINDOW_READ | MCAPI_WINDOW_CACHED;
		w->length = PAGE_SIZE;
		return 0;
	case MCAPI_WINDOW_LINK:
		w->length = link->window_size;
		return 0;
	case MCAPI_WINDOW_SECTION:
		if (section < 0)
			return -EINVAL;
		w->attrs |= MCAPI_WINDOW_WRITE;
		w->offset |= (u64)section << MCAPI_COOKIE_SECTION;
		w->length = link->own.section_size;
		return 0;
	}
	return -EINVAL;
}

static unsigned long mcapi_map_pfn(struct mcapi_file *file, u64 cookie)
{
	struct mcapi_link *link = file->link;
	u64 offset = cookie & (BIT_ULL(MCAPI_COOKIE_KIND) - 1);

	switch (cookie >> MCAPI_COOKIE_KIND) {
	case MCAPI_WINDOW_STATUS:
		return PHYS_PFN(virt_to_phys(link->status));
	case MCAPI_WINDOW_SECTION:
		offset &= BIT_ULL(MCAPI_COOKIE_SECTION) - 1;
		offset += link->side * link->own.side_size + link->own.section_off +
			  mcapi_map_section(file) * link->own.section_size;
	}
	return PHYS_PFN(link->phys + offset);
}

static unsigned long mcapi_map_grave(struct mcapi_file *file, u64 cookie)
{
	switch (cookie >> MCAPI_COOKIE_KIND) {
	case MCAPI_WINDOW_STATUS:
		return mcapi_map_pfn(file, cookie);
	case MCAPI_WINDOW_SECTION:
		return PHYS_PFN(virt_to_phys((void *)file->grave));
	default:
		return page_to_pfn(ZERO_PAGE(0));
	}
}

static vm_fault_t mcapi_map_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct mcapi_file *file = vma->vm_file->private_data;
	u64 cookie = (u64)vmf->pgoff << PAGE_SHIFT;
	vm_fault_t ret;

	/* Whoever ends the link zaps after us, if we were inside. */
	if (mcapi_link_enter(file->link)) {
		ret = vmf_insert_pfn(vma, vmf->address, mcapi_map_pfn(file, cookie));
		mcapi_link_leave(file->link);
	} else {
		ret = vmf_insert_pfn_prot(vma, vmf->address, mcapi_map_grave(file, cookie),
					  vm_get_page_prot(vma->vm_flags));
	}
	return ret;
}

static const struct vm_operations_struct mcapi_map_ops = {
	.fault = mcapi_map_fault,
};

int mcapi_map(struct file *filp, struct vm_area_struct *vma)
{
	struct mcapi_file *file = filp->private_data;
	u64 cookie = (u64)vma->vm_pgoff << PAGE_SHIFT;
	struct mcapi_window w = { .kind = cookie >> MCAPI_COOKIE_KIND };
	u64 length = vma->vm_end - vma->vm_start;
	int ret = -ENODEV;

	if (mcapi_link_enter(file->link)) {
		ret = mcapi_map_cookie(file, &w);
		mcapi_link_leave(file->link);
	}
	if (ret)
		return ret;
	if (cookie < w.offset || cookie - w.offset > w.length ||
	    length > w.length - (cookie - w.offset))
		return -EINVAL;
	/* VM_SHARED would not do: it is cleared if the file is open for reading only. */
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;
	if (!(w.attrs & MCAPI_WINDOW_WRITE)) {
		if (vma->vm_flags & VM_WRITE)
			return -EACCES;
		vm_flags_clear(vma, VM_MAYWRITE);
	}
	vm_flags_clear(vma, VM_MAYEXEC);
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTCOPY | VM_DONTEXPAND | VM_DONTDUMP);
	if (w.attrs & MCAPI_WINDOW_WC)
		vma->vm_page_prot = pgprot_writecombine(vma->vm_page_prot);
	vma->vm_ops = &mcapi_map_ops;
	return 0;
}

/* The link is not live any more. */
void mcapi_map_revoke(struct mcapi_link *link)
{
	struct mcapi_file *file;

	mutex_lock(&link->files_lock);
	list_for_each_entry(file, &link->files, node)
		unmap_mapping_range(file->filp->f_mapping, 0, 0, 1);
	mutex_unlock(&link->files_lock);
}
