/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who did it: for programs that run in the process that causes the event. */
#ifndef RINGSIDE_TASK_H
#define RINGSIDE_TASK_H

#include "kernel.h"
#include "abi.h"

static __always_inline void task_current(struct rs_task *task)
{
	__u64 id = bpf_get_current_pid_tgid();

	task->pid = id >> 32;
	task->tid = id;
	task->uid = bpf_get_current_uid_gid();
	task->flags = 0;
	bpf_get_current_comm(task->comm, sizeof(task->comm));
}

static __always_inline void task_none(struct rs_task *task)
{
	__builtin_memset(task, 0, sizeof(*task));
}

/* The call came through the 32-bit table, whatever the process's own word size is. */
static __always_inline bool task_in_compat_call(void)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();

	return BPF_CORE_READ(task, thread_info.status) & TS_COMPAT;
}

/*
 * Bytes of a path that are kept, NUL not included. read: what
 * bpf_probe_read_*_str gave for RS_PATH + 1 bytes, one more than is kept: that
 * tells a path that fits from one that was cut.
 */
static __always_inline __u32 path_kept(long read, struct rs_task *task)
{
	if (read > RS_PATH) {
		task->flags |= RS_TASK_TRUNCATED;
		return RS_PATH - 1;
	}
	if (read > 0)
		return read - 1;
	task->flags |= RS_TASK_UNREADABLE;
	return 0;
}

#endif
