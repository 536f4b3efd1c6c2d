// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Files are opened. Read when the call returns: the path's page is in memory
 * then for certain (at entry it may not be), and the result is at hand. Another
 * thread may have rewritten the buffer meanwhile; io_uring does not pass here.
 */
#include "emit.h"
#include "subject.h"
#include "task.h"

/* System call numbers of x86-64 and of its 32-bit table. */
enum open_nr {
	NR_OPEN = 2,
	NR_CREAT = 85,
	NR_OPENAT = 257,
	NR_OPENAT2 = 437,
	NR32_OPEN = 5,
	NR32_CREAT = 8,
	NR32_OPENAT = 295,
};

#define AT_FDCWD -100
#define CREAT_FLAGS 01101	/* O_CREAT | O_WRONLY | O_TRUNC */
#define MAKES_FILE (0100 | 020000000) /* O_CREAT | __O_TMPFILE: else mode is not an argument */

struct open_args {
	const void *path;
	const void *how;	/* of openat2, else NULL */
	__s32 dirfd;
	__u32 flags;
	__u32 mode;
};

static __always_inline bool may_be_open(__u32 nr)
{
	return nr == NR_OPENAT || nr == NR_OPEN || nr == NR_CREAT || nr == NR_OPENAT2 ||
	       nr == NR32_OPEN || nr == NR32_CREAT || nr == NR32_OPENAT;
}

static __always_inline bool open_args_64(const struct pt_regs *regs, __u32 nr, struct open_args *a)
{
	switch (nr) {
	case NR_OPEN:
		a->path = (const void *)regs->di;
		a->flags = regs->si;
		a->mode = regs->dx;
		return true;
	case NR_CREAT:
		a->path = (const void *)regs->di;
		a->flags = CREAT_FLAGS;
		a->mode = regs->si;
		return true;
	case NR_OPENAT:
		a->dirfd = regs->di;
		a->path = (const void *)regs->si;
		a->flags = regs->dx;
		a->mode = regs->r10;
		return true;
	case NR_OPENAT2:
		a->dirfd = regs->di;
		a->path = (const void *)regs->si;
		a->how = (const void *)regs->dx;
		return true;
	}
	return false;
}

/* The 32-bit convention: bx, cx, dx, si; only their low halves are the arguments. */
static __always_inline bool open_args_32(const struct pt_regs *regs, __u32 nr, struct open_args *a)
{
	__u64 bx = (__u32)regs->bx, cx = (__u32)regs->cx, dx = (__u32)regs->dx;

	switch (nr) {
	case NR32_OPEN:
		a->path = (const void *)bx;
		a->flags = cx;
		a->mode = dx;
		return true;
	case NR32_CREAT:
		a->path = (const void *)bx;
		a->flags = CREAT_FLAGS;
		a->mode = cx;
		return true;
	case NR32_OPENAT:
		a->dirfd = bx;
		a->path = (const void *)cx;
		a->flags = dx;
		a->mode = regs->si;
		return true;
	case NR_OPENAT2:
		a->dirfd = bx;
		a->path = (const void *)cx;
		a->how = (const void *)dx;
		return true;
	}
	return false;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_open, struct pt_regs *regs, long result)
{
	struct open_args a = { .dirfd = AT_FDCWD };
	struct user_open_how how = {};
	const struct rs_control *c;
	struct about about = { .process = true, .bytes = sizeof(struct rs_open) };
	union rs_record *record;
	struct emission e;
	struct rs_open *r;
	__u32 nr = regs->orig_ax;
	__u32 length;
	bool compat;
	long n;

	if (!may_be_open(nr))
		return 0;
	c = control_of(RS_OPEN);
	if (!c || is_agent(c))
		return 0;
	compat = task_in_compat_call();
	if (!(compat ? open_args_32(regs, nr, &a) : open_args_64(regs, nr, &a)))
		return 0;
	record = emit_begin(&e, c, RS_OPEN, &about);
	if (!record)
		return 0;

	r = &record->open;
	task_current(&r->task);
	if (compat)
		r->task.flags |= RS_TASK_COMPAT;
	if (a.how && !bpf_probe_read_user(&how, sizeof(how), a.how)) {
		a.flags = how.flags;
		a.mode = how.mode;
	}
	r->result = result;
	r->dirfd = a.dirfd;
	r->flags = a.flags;
	r->mode = a.flags & MAKES_FILE ? a.mode : 0;
	r->nr = nr;
	n = bpf_probe_read_user_str(r->path, RS_PATH + 1, a.path);
	length = path_kept(n, &r->task);
	r->path_len = length;
	emit_commit(ctx, &e, record, sizeof(*r) + length);
	return 0;
}
