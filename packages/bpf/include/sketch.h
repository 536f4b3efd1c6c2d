/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Count-min sketches: how often each key came, in bounded memory, never too low.
 * One per (bank, CPU, level), so plain increments are exact; readers add them up.
 * A sketch cannot tell its keys, so those that come often are kept in a table.
 */
#ifndef RINGSIDE_SKETCH_H
#define RINGSIDE_SKETCH_H

#include "level.h"
#include "table-maps.h"

#define SKETCH_SHIFT 54		/* 64 - log2(RS_SKETCH_CELLS) */

_Static_assert(RS_SKETCH_CELLS == 1 << (64 - SKETCH_SHIFT), "cells of a sketch's row");

static __always_inline struct rs_sketch *sketch_of(__u32 bank, const struct level *at)
{
	__u32 index = (bank * cpus + at->cpu) * RS_LEVELS + at->number;

	return bpf_map_lookup_elem(&sketches, &index);
}

static __always_inline __u64 digest_of(const struct rs_heavy_key *key)
{
	__u64 digest = (__u64)key->kind << 32 | key->tag;

	digest ^= key->bytes[0] * 0xff51afd7ed558ccdull;
	digest ^= key->bytes[1] * 0xc4ceb9fe1a85ec53ull;
	return digest ^ digest >> 32;
}

/* Counts the key and gives the estimate of how often it came here. key->kind is constant. */
static __always_inline __u32 sketch_count(struct rs_sketch *sketch, const struct rs_heavy_key *key)
{
	__u64 digest = digest_of(key);
	__u32 estimate = 0xffffffffu;

	sketch->total[key->kind]++;
	for (int row = 0; row < RS_SKETCH_ROWS; row++) {
		__u64 cell = digest * sketch_seed[row] >> SKETCH_SHIFT;
		__u32 count = sketch->cell[key->kind][row][cell] + 1;

		sketch->cell[key->kind][row][cell] = count;
		if (count < estimate)
			estimate = count;
	}
	return estimate;
}

/* false: the table is full, or its bucket busy. Not inlined: once in a while per key. */
static __noinline bool heavy_keep(__u32 bank, const struct rs_heavy_key *key)
{
	void *table = bpf_map_lookup_elem(&heavy, &bank);
	struct rs_heavy name = {};
	int err;	/* no long: until 6.4 its upper half is not set */

	if (!table)
		return false;
	if (key->kind == RS_KIND_PROCESS)
		bpf_get_current_comm(name.comm, sizeof(name.comm));
	err = bpf_map_update_elem(table, key, &name, BPF_NOEXIST);
	return !err || err == -EEXIST;
}

/* false: the key has come often enough to be kept, and there is no room for it. */
static __always_inline bool heavy_count(struct rs_sketch *sketch, __u32 bank,
					struct rs_heavy_key *key)
{
	__u64 estimate = sketch_count(sketch, key);

	if (estimate & (estimate - 1) || estimate * RS_HEAVY_SHARE < sketch->total[key->kind])
		return true;
	return heavy_keep(bank, key);
}

#endif
