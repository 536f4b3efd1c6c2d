/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Events by time window and type. Each CPU and level adds to a value of its own,
 * so plain additions are exact.
 */
#ifndef RINGSIDE_WINDOW_H
#define RINGSIDE_WINDOW_H

#include "table-maps.h"

#define WINDOW_NS (RS_WINDOW_MS * 1000000ull)

/* false: the table is full, or its bucket busy. */
static __always_inline bool window_count(__u32 bank, __u64 now, __u32 type, __u32 level,
					 __u32 bytes)
{
	struct rs_window_key key = { .window = now / WINDOW_NS, .type = type, .level = level };
	void *table = bpf_map_lookup_elem(&windows, &bank);
	struct rs_window_sum *sum;

	if (!table)
		return false;
	sum = bpf_map_lookup_elem(table, &key);
	if (!sum) {
		struct rs_window_sum none = {};

		/* Where another CPU has just made it, its value must stay. */
		bpf_map_update_elem(table, &key, &none, BPF_NOEXIST);
		sum = bpf_map_lookup_elem(table, &key);
		if (!sum)
			return false;
	}
	sum->events++;
	sum->bytes += bytes;
	return true;
}

#endif
