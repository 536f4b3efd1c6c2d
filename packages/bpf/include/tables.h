/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Counting in the kernel: which event goes into which table. What a table has no
 * room for is counted as untabled: nothing is missing in silence.
 */
#ifndef RINGSIDE_TABLES_H
#define RINGSIDE_TABLES_H

#include "about.h"
#include "connection.h"
#include "sketch.h"
#include "task.h"
#include "window.h"

/* Of a packet that comes in the source, else the destination. */
static __always_inline void far_end(const struct about *about, struct rs_heavy_key *key)
{
	const struct rs_conn *conn = about->conn;

	key->tag = conn->family;
	if (about->segments && conn->direction == RS_IN)
		__builtin_memcpy(key->bytes, conn->saddr, sizeof(key->bytes));
	else
		__builtin_memcpy(key->bytes, conn->daddr, sizeof(key->bytes));
}

/* How many keys there was no room for. */
static __always_inline __u32 keys_count(struct rs_sketch *sketch, __u32 bank,
					const struct about *about)
{
	__u32 untabled = 0;

	if (about->process) {
		struct rs_heavy_key key = { .kind = RS_KIND_PROCESS };

		key.tag = bpf_get_current_pid_tgid() >> 32;
		untabled += !heavy_count(sketch, bank, &key);
	}
	if (about->call) {
		struct rs_heavy_key key = { .kind = RS_KIND_SYSCALL, .tag = about->nr };

		if (task_in_compat_call())
			key.tag |= 1u << 31;
		untabled += !heavy_count(sketch, bank, &key);
	}
	if (about->conn) {
		struct rs_heavy_key key = { .kind = RS_KIND_REMOTE };

		far_end(about, &key);
		untabled += !heavy_count(sketch, bank, &key);
	}
	return untabled;
}

static __always_inline void tables_count(const struct level *at, struct rs_row *row, __u32 bank,
					 __u32 type, const struct about *about, __u64 now)
{
	struct rs_sketch *sketch = sketch_of(bank, at);

	if (!window_count(bank, now, type, at->number, about->bytes))
		row->untabled[RS_TABLE_WINDOWS]++;
	if (about->segments && !connection_count(bank, now, about))
		row->untabled[RS_TABLE_CONNECTIONS]++;
	if (sketch)
		row->untabled[RS_TABLE_HEAVY] += keys_count(sketch, bank, about);
}

#endif
