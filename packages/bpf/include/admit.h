/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is asked of an event before there is a place for it in a buffer: whether
 * it passes the filter, is counted in tables, and is drawn for the sample.
 */
#ifndef RINGSIDE_ADMIT_H
#define RINGSIDE_ADMIT_H

#include "about.h"
#include "filter.h"
#include "level.h"
#include "tables.h"

/* One event between its begin and its commit. */
struct emission {
	struct level at;
	struct rs_fates *fates;
	__u64 *seq;
	void *ring;		/* NULL: the slot holds no buffer; of no meaning with perf */
	struct rs_wake *wake;
	__u32 *shedding;	/* of this buffer: hysteresis */
	const struct rs_slot_control *policy;
	__u64 number;
	__u64 time;		/* when a table counted it, else 0 */
	__u32 rate;
	__u32 size;		/* of a fixed-size record */
	__u16 type;
	__u16 version;		/* of the record's layout: the first, unless a program says otherwise */
	__u8 slot;
};

/* Nested deeper than there are levels: this row is shared, so it is added to atomically. */
static __always_inline void count_too_deep(const struct rs_control *c, __u32 type, __u32 index)
{
	struct rs_row *row = bpf_map_lookup_elem(&rows, &index);
	struct rs_fates *fates;

	if (!row)
		return;
	fates = &row->fates[READ_ONCE(c->type[type].slot) & (RS_SLOTS - 1)][type];
	__sync_fetch_and_add(&fates->seen, 1);
	__sync_fetch_and_add(&fates->dropped_other, 1);
	if (READ_ONCE(c->type[type].mode) != RS_MODE_EVENTS)
		__sync_fetch_and_add(&row->untabled[RS_TABLE_WINDOWS], 1);
}

/* The filter, and whether the event is told as a sum only. */
static __always_inline bool goes_on(struct emission *e, const struct rs_control *c, __u32 type,
				    struct rs_row *row, const struct rs_plan *p,
				    const struct about *about)
{
	__u32 bank = READ_ONCE(p->filter_bank) & 1;
	__u32 rules = READ_ONCE(p->filters[bank]);
	__u8 mode = READ_ONCE(c->type[type].mode);

	if (rules && !passes(bank, rules, type, about->process, about->comm)) {
		e->fates->filtered++;
		return false;
	}
	if (mode == RS_MODE_EVENTS)
		return true;
	e->time = bpf_ktime_get_ns();
	tables_count(&e->at, row, READ_ONCE(p->table_bank) & 1, type, about, e->time);
	if (mode == RS_MODE_AGGREGATE) {
		e->fates->aggregated++;
		return false;
	}
	return true;
}

static __always_inline bool keep_by_rate(struct rs_row *row, __u32 rate)
{
	if (rate == RS_RATE_ALL)
		return true;
	if (!rate)
		return false;
	if (!row->lcg)
		row->lcg = (__u64)bpf_get_prandom_u32() << 32 | bpf_get_prandom_u32() | 1;
	row->lcg = row->lcg * 6364136223846793005ull + 1442695040888963407ull;
	return (__u32)(row->lcg >> 32) < rate;
}

#endif
