/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The filter in the kernel: which of the seen events go on. Not called while there is no rule. */
#ifndef RINGSIDE_FILTER_H
#define RINGSIDE_FILTER_H

#include "about.h"
#include "maps.h"

/* name: where it stands, or NULL for the current thread's. A rule's is padded with NUL. */
static __always_inline bool is_named(const struct rs_filter *rule, const void *name)
{
	const __u64 *asked = (const void *)rule->comm;
	__u64 comm[RS_COMM / 8] = {};

	if (name)
		bpf_probe_read_kernel_str(comm, sizeof(comm), name);
	else
		bpf_get_current_comm(comm, sizeof(comm));
	return asked[0] == comm[0] && asked[1] == comm[1];
}

/*
 * The control group of this depth that the current process is below, or in: 0
 * where there is none. The helper is open to tracing programs from 5.15 on, as
 * is the one that is asked for here; before, the ids stand in the group itself.
 */
static __always_inline __u64 cgroup_at(__u32 level)
{
	const struct task_struct *task;
	struct cgroup *group;
	const __u64 *ids;
	__u64 id = 0;

	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return bpf_get_current_ancestor_cgroup_id(level);
	task = (const void *)bpf_get_current_task();
	group = BPF_CORE_READ(task, cgroups, dfl_cgrp);
	if (level > (__u32)BPF_CORE_READ(group, level))
		return 0;
	ids = __builtin_preserve_access_index(&group->ancestor_ids[0]);
	bpf_probe_read_kernel(&id, sizeof(id), ids + level);
	return id;
}

/* Asks only for what the rule is about. */
static __always_inline bool matches(const struct rs_filter *rule, __u32 type, bool process,
				    const void *comm)
{
	if (rule->field == RS_FILTER_TYPE)
		return rule->value >> (type & (RS_TYPES - 1)) & 1;
	if (!process)
		return false;
	switch (rule->field) {
	case RS_FILTER_PID:
		return rule->value == bpf_get_current_pid_tgid() >> 32;
	case RS_FILTER_UID:
		return rule->value == (__u32)bpf_get_current_uid_gid();
	case RS_FILTER_COMM:
		return is_named(rule, comm);
	case RS_FILTER_CGROUP:
		return rule->cgroup && rule->cgroup == cgroup_at(rule->level);
	}
	return false;
}

/* Not inlined: programs stay small where there is no filter. comm: see struct about. */
static __noinline bool passes(__u32 bank, __u32 count, __u32 type, bool process, const void *comm)
{
	__u32 asked = 0, met = 0;

	for (__u32 i = 0; i < RS_FILTERS; i++) {
		__u32 index = (bank & 1) * RS_FILTERS + i;
		const struct rs_filter *rule;
		bool match;
		__u32 field;

		if (i >= count)
			break;
		rule = bpf_map_lookup_elem(&filters, &index);
		if (!rule)
			break;
		match = matches(rule, type, process, comm);
		if (rule->not) {
			if (match)
				return false;
			continue;
		}
		field = 1u << (rule->field & 31);
		asked |= field;
		if (match)
			met |= field;
	}
	return asked == met;
}

#endif
