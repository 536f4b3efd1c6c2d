/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Everything that is shared with user space, and the programs' own memory.
 * `rows` and `scratch` have one element per (CPU, row); the loader sets their
 * number, since only it knows how many CPUs are possible.
 */
#ifndef RINGSIDE_MAPS_H
#define RINGSIDE_MAPS_H

#include "kernel.h"
#include "abi.h"

/* Every record layout: gives the scratch its size and the object's BTF its types. */
union rs_record {
	struct rs_header h;
	struct rs_fork fork;
	struct rs_exec exec;
	struct rs_exit exit;
	struct rs_open open;
	struct rs_tcp tcp;
	struct rs_packet packet;
	struct rs_syscall syscall;
	struct rs_load load;
	struct rs_tick tick;
	__u8 bytes[RS_SCRATCH];
};

/* The kernel wants the shape of the inner maps at load; the real ones may differ in size. */
struct rs_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, RS_SLOTS);
	__type(key, __u32);
	__array(values, struct rs_ring);
} slots SEC(".maps");

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

/* How many programs of this object are inside emit on this CPU: the nesting level. */
struct rs_depth {
	__u32 level;
	__u32 reserved[15];	/* a cache line of its own */
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

/* Hides the kernel address that a socket is told by: set at load, secret of the agent. */
const volatile __u64 socket_key = 0;

#endif
