/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The tables that are counted into: two banks of each, see enum rs_table. */
#ifndef RINGSIDE_TABLE_MAPS_H
#define RINGSIDE_TABLE_MAPS_H

#include "maps.h"

struct rs_connections {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct rs_conn);
	__type(value, struct rs_conn_sum);
} connections_0 SEC(".maps"), connections_1 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, RS_BANKS);
	__type(key, __u32);
	__array(values, struct rs_connections);
} connections SEC(".maps") = {
	.values = { &connections_0, &connections_1 },
};

struct rs_windows {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct rs_window_key);
	__type(value, struct rs_window_sum);
} windows_0 SEC(".maps"), windows_1 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, RS_BANKS);
	__type(key, __u32);
	__array(values, struct rs_windows);
} windows SEC(".maps") = {
	.values = { &windows_0, &windows_1 },
};

struct rs_heavies {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct rs_heavy_key);
	__type(value, struct rs_heavy);
} heavy_0 SEC(".maps"), heavy_1 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, RS_BANKS);
	__type(key, __u32);
	__array(values, struct rs_heavies);
} heavy SEC(".maps") = {
	.values = { &heavy_0, &heavy_1 },
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, RS_BANKS * RS_LEVELS);
	__type(key, __u32);
	__type(value, struct rs_sketch);
} sketches SEC(".maps");

#endif
