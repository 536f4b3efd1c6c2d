// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The hot stream: every system call as it returns, opens included. */
#include "emit.h"
#include "subject.h"
#include "task.h"

SEC("tp_btf/sys_exit")
int BPF_PROG(on_syscall, struct pt_regs *regs, long result)
{
	const struct rs_control *c = control_of(RS_SYSCALL);
	struct about about = { .process = true, .call = true };
	struct rs_syscall *r;
	struct emission e;

	if (!c || is_agent(c))
		return 0;
	about.nr = regs->orig_ax;
	r = emit_reserve(&e, c, RS_SYSCALL, sizeof(*r), &about);
	if (!r)
		return 0;
	task_current(&r->task);
	if (task_in_compat_call())
		r->task.flags |= RS_TASK_COMPAT;
	r->result = result;
	r->nr = about.nr;
	r->reserved = 0;
	emit_submit(ctx, &e, r);
	return 0;
}
