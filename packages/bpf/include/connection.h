/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What went through each connection, by the tuple that a packet carries. */
#ifndef RINGSIDE_CONNECTION_H
#define RINGSIDE_CONNECTION_H

#include "about.h"
#include "table-maps.h"

/* false: the table is full, or its bucket busy. */
static __always_inline bool connection_count(__u32 bank, __u64 now, const struct about *about)
{
	void *table = bpf_map_lookup_elem(&connections, &bank);
	struct rs_conn key = *about->conn;
	struct rs_conn_sum *sum;

	if (!table)
		return false;
	key.tcp_flags = 0;
	sum = bpf_map_lookup_elem(table, &key);
	if (!sum) {
		struct rs_conn_sum none = { .first = now };

		bpf_map_update_elem(table, &key, &none, BPF_NOEXIST);
		sum = bpf_map_lookup_elem(table, &key);
		if (!sum)
			return false;
	}
	__sync_fetch_and_add(&sum->packets, about->segments);
	__sync_fetch_and_add(&sum->bytes, about->bytes);
	/* CPUs may store it in either order: it is off by the time between them at most. */
	WRITE_ONCE(sum->last, now);
	return true;
}

#endif
