// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Processes begin, become another program, and end. The hooks fire per thread. */
#include "emit.h"
#include "subject.h"
#include "task.h"

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	const struct rs_control *c = control_of(RS_FORK);
	struct about about = { .process = true };
	struct emission e;
	struct rs_fork *r;

	if (!c || child->pid != child->tgid || is_agent(c))
		return 0;
	r = emit_reserve(&e, c, RS_FORK, sizeof(*r), &about);
	if (!r)
		return 0;
	task_current(&r->task);
	r->child_pid = child->tgid;
	r->child_tid = child->pid;
	bpf_probe_read_kernel(r->child_comm, sizeof(r->child_comm), child->comm);
	emit_submit(ctx, &e, r);
	return 0;
}

/* Both give the bytes of the whole record. */
static __always_inline __u32 fill_exec(struct rs_exec *r, const char *path, int old_pid)
{
	long n;

	task_current(&r->task);
	r->old_pid = old_pid;
	r->path_off = sizeof(*r);
	n = bpf_probe_read_kernel_str(r->path, RS_PATH + 1, path);
	r->path_len = path_kept(n, &r->task);
	return sizeof(*r) + r->path_len;
}

static __always_inline __u32 fill_exec2(struct rs_exec2 *r, const char *path, int old_pid,
					const struct task_struct *task)
{
	long n;

	task_current(&r->task);
	r->old_pid = old_pid;
	r->path_off = sizeof(*r);
	r->parent_pid = BPF_CORE_READ(task, real_parent, tgid);
	r->reserved = 0;
	r->cgroup = bpf_get_current_cgroup_id();
	n = bpf_probe_read_kernel_str(r->path, RS_PATH + 1, path);
	r->path_len = path_kept(n, &r->task);
	return sizeof(*r) + r->path_len;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	const struct rs_control *c = control_of(RS_EXEC);
	union rs_record *record;
	struct about about = { .process = true };
	struct emission e;
	__u32 size;

	if (!c || is_agent(c))
		return 0;
	about.bytes = READ_ONCE(c->type[RS_EXEC].version) == 1 ? sizeof(struct rs_exec)
							       : sizeof(struct rs_exec2);
	record = emit_begin(&e, c, RS_EXEC, &about);
	if (!record)
		return 0;
	if (about.bytes == sizeof(struct rs_exec)) {
		size = fill_exec(&record->exec, bprm->filename, old_pid);
	} else {
		e.version = 2;
		size = fill_exec2(&record->exec2, bprm->filename, old_pid, task);
	}
	emit_commit(ctx, &e, record, size);
	return 0;
}

/* Both of the last two threads may find no other alive: tell the end once. */
static __always_inline bool first_to_end(const struct task_struct *leader)
{
	struct rs_ended key = { .start_time = leader->start_time, .pid = leader->tgid };
	__u8 value = 1;
	int err = bpf_map_update_elem(&ended, &key, &value, BPF_NOEXIST);

	/* No long: until 6.4 its upper half is not set. */
	return err != -EEXIST;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	const struct rs_control *c = control_of(RS_EXIT);
	struct task_struct *leader = task->group_leader;
	struct signal_struct *signal = task->signal;
	struct about about = { .process = true, .comm = leader->comm };
	struct emission e;
	struct rs_exit *r;
	__u32 status;

	if (!c || signal->live.counter != 0 || is_agent(c) || !first_to_end(leader))
		return 0;
	r = emit_reserve(&e, c, RS_EXIT, sizeof(*r), &about);
	if (!r)
		return 0;
	task_current(&r->task);
	/* The process ends, whichever of its threads happened to be the last. */
	r->task.tid = r->task.pid;
	bpf_probe_read_kernel(r->task.comm, sizeof(r->task.comm), leader->comm);
	/* What wait(2) tells the parent: the group's code, or else the leader's. */
	status = signal->flags & SIGNAL_GROUP_EXIT ? signal->group_exit_code : leader->exit_code;
	r->code = status >> 8 & 0xff;
	r->signal = status & 0xff;
	r->start_time = leader->start_time;
	emit_submit(ctx, &e, r);
	return 0;
}
