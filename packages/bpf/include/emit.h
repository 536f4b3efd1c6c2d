/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The one place that emits, and the only caller of bpf_ringbuf_* and of
 * bpf_perf_event_output.
 *
 * Two pairs, since a reservation needs a size that is known when it is compiled:
 *   emit_reserve .. emit_submit   fixed size, filled in the ring itself
 *   emit_begin .. emit_commit     variable size, built in the level's scratch
 * The first of a pair counts `seen` and returns NULL when the event is not to be
 * sent; then nothing is left to do. Otherwise the second must follow, always.
 * A perf buffer has no reservations: both pairs build in scratch then.
 */
#ifndef RINGSIDE_EMIT_H
#define RINGSIDE_EMIT_H

#include "admit.h"

#define RING_HEADER 8		/* bytes before each record: BPF_RINGBUF_HDR_SZ */

/* Bytes that a record takes in the ring. */
static __always_inline __u32 ring_bytes(__u32 size)
{
	return (size + RING_HEADER + 7) & ~7u;
}

/*
 * Hysteresis: sheds from shed_above on, until the fill is below shed_below. How
 * full a perf buffer is can only be seen from outside: its reader keeps the flag.
 */
static __always_inline bool shed_by_fill(struct emission *e)
{
	bool shedding = READ_ONCE(*e->shedding);
	bool shed = false;

	if (use_perf)
		return READ_ONCE(e->policy->backpressure) && (shedding || !e->policy->shed_above);
	if (READ_ONCE(e->policy->backpressure)) {
		__u32 limit = shedding ? e->policy->shed_below : e->policy->shed_above;

		shed = !e->policy->shed_above ||
		       (e->ring && bpf_ringbuf_query(e->ring, BPF_RB_AVAIL_DATA) >= limit);
	}
	if (shed != shedding) {
		WRITE_ONCE(*e->shedding, shed);
		WRITE_ONCE(e->wake->shedding, shed);
	}
	return shed;
}

/* Finds the ring that this CPU's events of the slot go to. */
static __always_inline bool find_buffer(struct emission *e, const struct rs_plan *p)
{
	__u32 slot, index = e->slot;

	e->wake = bpf_map_lookup_elem(&wake, &index);
	if (!e->wake)
		return false;
	e->shedding = &e->wake->shedding;
	if (use_perf)
		return true;
	/* For the verifier, which forgets a bound when the value was spilled. */
	slot = e->slot;
	barrier_var(slot);
	slot &= RS_SLOTS - 1;
	if (READ_ONCE(p->by_cpu[slot])) {
		e->shedding = &e->at.depth->shedding[slot];
		index = RS_SLOTS + slot * cpus + e->at.cpu;
	}
	e->ring = bpf_map_lookup_elem(&slots, &index);
	return true;
}

/* Takes a level, routes, counts seen, filters, samples and sheds. false: nothing is held. */
static __always_inline bool enter(struct emission *e, const struct rs_control *c, __u32 type,
				  const struct about *about)
{
	const struct rs_plan *p;
	struct rs_row *row;
	__u32 slot, zero = 0;

	type &= RS_TYPES - 1;
	if (!level_enter(&e->at)) {
		if (e->at.depth)
			count_too_deep(c, type, e->at.row);
		return false;
	}
	row = bpf_map_lookup_elem(&rows, &e->at.row);
	p = bpf_map_lookup_elem(&plan, &zero);
	if (!row || !p)
		goto leave;

	/* All that the slot indexes is found here: a bound does not outlive a spill on 5.10. */
	slot = READ_ONCE(c->type[type].slot) & (RS_SLOTS - 1);
	e->fates = &row->fates[slot][type];
	e->seq = &row->seq[slot];
	e->policy = &c->slot[slot];
	e->rate = READ_ONCE(c->rate[slot][type]);
	e->type = type;
	e->version = RS_ABI_VERSION;
	e->slot = slot;
	e->time = 0;

	e->fates->seen++;
	if (!goes_on(e, c, type, row, p, about))
		goto leave;
	if (!keep_by_rate(row, e->rate)) {
		e->fates->sampled++;
		goto leave;
	}
	if (!find_buffer(e, p))
		goto leave;
	if (shed_by_fill(e)) {
		e->fates->shed++;
		goto leave;
	}
	return true;
leave:
	level_leave(&e->at);
	return false;
}

/* The next number of the stream: every attempt takes one, so that a hole is a drop. */
static __always_inline void take_number(struct emission *e)
{
	e->number = *e->seq + 1;
	*e->seq = e->number;
}

/*
 * The time of its count where a table counted it: then both stand in one window.
 * Only one event at a time holds a level, so that times grow with numbers anyway.
 */
static __always_inline __u64 time_of(const struct emission *e)
{
	return e->time ? e->time : bpf_ktime_get_ns();
}

static __always_inline void write_header(const struct emission *e, struct rs_header *h,
					 __u32 size, __u64 time)
{
	h->version = e->version;
	h->type = e->type;
	h->size = size;
	h->cpu = e->at.cpu;
	h->level = e->at.number;
	h->slot = e->slot;
	h->rate = e->rate;
	h->seq = e->number;
	h->time = time;
}

/*
 * Wakes a reader that sleeps, once there is enough for it; else leaves it to its
 * own timer. A reader that falls asleep between this look and the output is woken
 * by the next event, or by its timeout.
 */
static __always_inline __u64 wake_flags(struct emission *e, __u32 coming)
{
	if (!READ_ONCE(e->wake->asleep))
		return BPF_RB_NO_WAKEUP;
	if (bpf_ringbuf_query(e->ring, BPF_RB_AVAIL_DATA) + coming < e->policy->wake_bytes)
		return BPF_RB_NO_WAKEUP;
	WRITE_ONCE(e->wake->asleep, 0);
	return BPF_RB_FORCE_WAKEUP;
}

/*
 * Why the output failed. Asked right after it, from positions that move on: the
 * sum of the reasons is exact, the split between full and other is a snapshot.
 */
static __always_inline void count_drop(struct emission *e, __u32 need)
{
	__u64 size, avail;

	if (!e->ring) {
		e->fates->dropped_no_reader++;
		return;
	}
	size = bpf_ringbuf_query(e->ring, BPF_RB_RING_SIZE);
	avail = bpf_ringbuf_query(e->ring, BPF_RB_AVAIL_DATA);
	if (need > size - RING_HEADER)
		e->fates->dropped_oversize++;
	else if (avail + need > size - 1)
		e->fates->dropped_full++;
	else
		e->fates->dropped_other++;
}

/* A record that stands in scratch, to the perf buffer of this CPU; numbered before. */
static __always_inline void output_perf(void *ctx, struct emission *e, void *record, __u64 size)
{
	__u64 index = e->slot * cpus + e->at.cpu;
	long err;

	write_header(e, record, size, time_of(e));
	barrier_var(size);	/* for the verifier, as above */
	if (size > RS_SCRATCH)
		size = RS_SCRATCH;
	err = bpf_perf_event_output(ctx, &perf, index, record, size);
	if (!err)
		e->fates->submitted++;
	else if (err == -ENOSPC)
		e->fates->dropped_full++;
	else if (err == -ENOENT)
		e->fates->dropped_no_reader++;
	else if (err == -E2BIG)
		e->fates->dropped_oversize++;
	else
		e->fates->dropped_other++;
}

static __always_inline void output_ring(struct emission *e, union rs_record *record, __u64 size)
{
	__u32 need = ring_bytes(size);
	__u64 flags;
	long err = -1;

	if (e->ring) {
		flags = wake_flags(e, need);
		write_header(e, &record->h, size, time_of(e));
		barrier_var(size);
		if (size > RS_SCRATCH)
			size = RS_SCRATCH;
		err = bpf_ringbuf_output(e->ring, record, size, flags);
		if (err && flags == BPF_RB_FORCE_WAKEUP)
			WRITE_ONCE(e->wake->asleep, 1);	/* nobody was woken */
	}
	if (err)
		count_drop(e, need);
	else
		e->fates->submitted++;
}

/* This level's scratch; without it, which cannot be, the event is dropped. */
static __always_inline void *scratch_of(struct emission *e)
{
	void *record = bpf_map_lookup_elem(&scratch, &e->at.row);

	if (!record) {
		take_number(e);
		e->fates->dropped_other++;
		level_leave(&e->at);
	}
	return record;
}

/* Fixed size: the place in the ring itself, or NULL when the event is not sent. */
static __always_inline void *emit_reserve(struct emission *e, const struct rs_control *c,
					  __u32 type, const __u32 size, struct about *about)
{
	struct rs_header *h = NULL;
	__u64 time;

	if (!about->bytes)
		about->bytes = size;
	if (!enter(e, c, type, about))
		return NULL;
	e->size = size;
	if (use_perf)
		return scratch_of(e);
	take_number(e);
	time = time_of(e);
	if (e->ring)
		h = bpf_ringbuf_reserve(e->ring, size, 0);
	if (!h) {
		count_drop(e, ring_bytes(size));
		level_leave(&e->at);
		return NULL;
	}
	write_header(e, h, size, time);
	return h;
}

static __always_inline void emit_submit(void *ctx, struct emission *e, void *record)
{
	if (use_perf) {
		take_number(e);
		output_perf(ctx, e, record, e->size);
	} else {
		bpf_ringbuf_submit(record, wake_flags(e, 0));
		e->fates->submitted++;
	}
	level_leave(&e->at);
}

/* Variable size: the level's scratch, or NULL when the event is not sent. */
static __always_inline union rs_record *emit_begin(struct emission *e, const struct rs_control *c,
						   __u32 type, const struct about *about)
{
	if (!enter(e, c, type, about))
		return NULL;
	return scratch_of(e);
}

/* size: bytes of the whole record, at most RS_SCRATCH. */
static __always_inline void emit_commit(void *ctx, struct emission *e, union rs_record *record,
					__u64 size)
{
	take_number(e);
	if (use_perf)
		output_perf(ctx, e, record, size);
	else
		output_ring(e, record, size);
	level_leave(&e->at);
}

#endif
