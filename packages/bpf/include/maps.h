/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Everything that is shared with user space, and the programs' own memory.
 * Where a number of elements goes by the CPUs that are possible, the loader sets
 * it, since only it knows them; what stands here is for one CPU.
 */
#ifndef RINGSIDE_MAPS_H
#define RINGSIDE_MAPS_H

#include "kernel.h"
#include "abi.h"

/* For memory that others write at any time. */
#define READ_ONCE(x) (*(volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile typeof(x) *)&(x) = (value))

#define RS_BANKS 2		/* of the filter and of each table: one in use, the other at rest */

/* Every record layout: gives the scratch its size and the object's BTF its types. */
union rs_record {
	struct rs_header h;
	struct rs_fork fork;
	struct rs_exec exec;
	struct rs_exec2 exec2;
	struct rs_exit exit;
	struct rs_open open;
	struct rs_tcp tcp;
	struct rs_packet packet;
	struct rs_syscall syscall;
	struct rs_load load;
	struct rs_tick tick;
	__u8 bytes[RS_SCRATCH];
};

/* Set by the loader, and constant from then on. */
const volatile __u32 cpus = 1;		/* that are possible */
const volatile __u8 use_perf = 0;	/* 1: records go to `perf`, and there is no map `slots` */
const volatile __u64 sketch_seed[RS_SKETCH_ROWS] = { 1, 1, 1, 1 };
const volatile __u64 socket_key = 0;	/* hides the kernel address that a socket is told by */

/* The kernel wants the shape of the inner maps at load; the real ones may differ in size. */
struct rs_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};

/* A slot's one ring stands at [slot]; its rings by CPU at [RS_SLOTS + slot * cpus + cpu]. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, RS_SLOTS * 2);
	__type(key, __u32);
	__array(values, struct rs_ring);
} slots SEC(".maps");

/* The other transport: a slot's perf buffer of a CPU stands at [slot * cpus + cpu]. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(max_entries, RS_SLOTS);
	__type(key, __u32);
	__type(value, __u32);
} perf SEC(".maps");

/* To write any inner map into it takes a grace period: no program runs on that began before. */
struct rs_grace {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} grace_0 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct rs_grace);
} grace SEC(".maps") = {
	.values = { &grace_0 },
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rs_control);
} control SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rs_plan);
} plan SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, RS_BANKS * RS_FILTERS);
	__type(key, __u32);
	__type(value, struct rs_filter);
} filters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, RS_SLOTS);
	__type(key, __u32);
	__type(value, struct rs_wake);
} wake SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, RS_ROWS);
	__type(key, __u32);
	__type(value, struct rs_row);
} rows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RS_ROWS);
	__type(key, __u32);
	__type(value, union rs_record);
} scratch SEC(".maps");

/* What this CPU alone writes, at event rate. */
struct rs_depth {
	__u32 level;		/* how many programs of this object are inside emit here */
	__u32 shedding[RS_SLOTS]; /* as in rs_wake, of slots by CPU: each ring has a fill of its own */
	__u32 reserved[15];	/* two cache lines of its own */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rs_depth);
} depth SEC(".maps");

/* Running numbers of the generators on this CPU, whatever becomes of their events. */
struct rs_runs {
	__u64 load;
	__u64 tick;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rs_runs);
} runs SEC(".maps");

/* Processes whose end was told: their last two threads may both find that none is left. */
struct rs_ended {
	__u64 start_time;
	__u32 pid;
	__u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct rs_ended);
	__type(value, __u8);
} ended SEC(".maps");

#endif
