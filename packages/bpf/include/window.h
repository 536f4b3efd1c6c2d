/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Events by time window and type. Each CPU adds to a value of its own, atomically: nested programs do too. */
#ifndef RINGSIDE_WINDOW_H
#define RINGSIDE_WINDOW_H

#include "table-maps.h"

#define WINDOW_NS (RS_WINDOW_MS * 1000000ull)

/* false: the table is full, or its bucket busy. */
static __always_inline bool window_count(__u32 bank, __u64 now, __u32 type, __u32 bytes)
{
	struct rs_window_key key = { .window = now / WINDOW_NS, .type = type };
	void *table = bpf_map_lookup_elem(&windows, &bank);
	struct rs_window_sum *sum;

	if (!table)
		return false;
	sum = bpf_map_lookup_elem(table, &key);
	if (!sum) {
		struct rs_window_sum none = {};

		/* Whoever else comes in between wins: never overwrite what was counted. */
		bpf_map_update_elem(table, &key, &none, BPF_NOEXIST);
		sum = bpf_map_lookup_elem(table, &key);
		if (!sum)
			return false;
	}
	__sync_fetch_and_add(&sum->events, 1);
	__sync_fetch_and_add(&sum->bytes, bytes);
	return true;
}

#endif
