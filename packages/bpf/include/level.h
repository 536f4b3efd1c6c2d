/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Nesting levels: what makes plain counters exact.
 *
 * A program may be interrupted by another one on the same CPU, but interrupts
 * nest strictly: the inner one is over before the outer goes on. So the depth
 * is kept with plain stores, and each depth has a row of counters, numbers and
 * scratch that nobody else touches while it is taken.
 */
#ifndef RINGSIDE_LEVEL_H
#define RINGSIDE_LEVEL_H

#include "maps.h"

/* A place at which this program runs: emit holds it from begin to commit. */
struct level {
	struct rs_depth *depth;
	__u32 cpu;
	__u32 number;
	__u32 row;		/* index into `rows` and `scratch` */
};

/* Takes the next level. false: nothing was taken, and `row` is that of deeper nesting. */
static __always_inline bool level_enter(struct level *at)
{
	__u32 zero = 0;

	at->cpu = bpf_get_smp_processor_id();
	at->depth = bpf_map_lookup_elem(&depth, &zero);
	if (!at->depth)
		return false;
	at->number = READ_ONCE(at->depth->level);
	at->row = at->cpu * RS_ROWS + RS_LEVELS;
	if (at->number >= RS_LEVELS)
		return false;
	at->row = at->cpu * RS_ROWS + at->number;
	WRITE_ONCE(at->depth->level, at->number + 1);
	barrier();		/* no counter is touched before the level is taken */
	return true;
}

static __always_inline void level_leave(const struct level *at)
{
	barrier();		/* nor after it is given back */
	WRITE_ONCE(at->depth->level, at->number);
}

#endif
