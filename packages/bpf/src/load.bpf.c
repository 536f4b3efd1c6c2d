// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Events that are known beforehand, for the self-test, drills and tests: a load
 * that is run by hand, a tick from a timer's interrupt that nests inside it.
 */
#include "emit.h"
#include "subject.h"

#define LOAD_PER_RUN 512	/* what the verifier of 5.10 follows in one loop */
#define LOAD_PAD_MAX (RS_SCRATCH - sizeof(struct rs_load))

static __always_inline struct rs_runs *runs_here(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&runs, &zero);
}

/*
 * type: RS_LOAD, version: 1; under any other the layout stays this one, and a
 * reader finds it malformed. Not static: the verifier checks a global function
 * once, not per call.
 */
__noinline int emit_load(struct bpf_raw_tracepoint_args *ctx, __u32 type, __u32 pad, __u32 version)
{
	const struct rs_control *c = control_of(type);
	struct rs_runs *n = runs_here();
	struct about about = {};
	union rs_record *record;
	struct emission e;
	struct rs_load *r;
	__u64 id;

	if (!c || !n)
		return 0;
	id = ++n->load;
	if (pad > LOAD_PAD_MAX)
		pad = LOAD_PAD_MAX;
	about.bytes = sizeof(*r) + pad;
	record = emit_begin(&e, c, type, &about);
	if (!record)
		return 0;
	r = &record->load;
	r->id = id;
	r->pad_len = pad;
	r->reserved = 0;
	e.version = version;
	emit_commit(ctx, &e, record, about.bytes);
	return 0;
}

/*
 * Run by BPF_PROG_TEST_RUN. Context, u64 each: how many (at most LOAD_PER_RUN),
 * bytes of padding, type (0: RS_LOAD), version that the records claim (0: 1).
 */
SEC("raw_tp")
int generate(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 count = ctx->args[0], pad = ctx->args[1];
	__u32 type = ctx->args[2], version = ctx->args[3];

	if (!type)
		type = RS_LOAD;
	if (!version)
		version = RS_ABI_VERSION;
	for (__u32 i = 0; i < LOAD_PER_RUN; i++) {
		if (i >= count)
			break;
		emit_load(ctx, type, pad, version);
	}
	return 0;
}

#define LOAD_FIXED_PAD 32

/* As emit_load, with a size that is known when it is compiled. */
__noinline int emit_fixed_load(struct bpf_raw_tracepoint_args *ctx)
{
	const __u32 size = sizeof(struct rs_load) + LOAD_FIXED_PAD;
	const struct rs_control *c = control_of(RS_LOAD);
	struct rs_runs *n = runs_here();
	struct about about = {};
	struct emission e;
	struct rs_load *r;
	__u64 id;

	if (!c || !n)
		return 0;
	id = ++n->load;
	r = emit_reserve(&e, c, RS_LOAD, size, &about);
	if (!r)
		return 0;
	r->id = id;
	r->pad_len = LOAD_FIXED_PAD;
	r->reserved = 0;
	__builtin_memset(r->pad, 0, LOAD_FIXED_PAD);
	emit_submit(ctx, &e, r);
	return 0;
}

/* Run by BPF_PROG_TEST_RUN. Context, u64: how many (at most LOAD_PER_RUN). */
SEC("raw_tp")
int generate_fixed(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 count = ctx->args[0];

	for (__u32 i = 0; i < LOAD_PER_RUN; i++) {
		if (i >= count)
			break;
		emit_fixed_load(ctx);
	}
	return 0;
}

SEC("raw_tp/hrtimer_expire_entry")
int on_tick(void *ctx)
{
	const struct rs_control *c = control_of(RS_TICK);
	struct rs_runs *n = runs_here();
	struct about about = {};
	struct emission e;
	struct rs_tick *r;
	__u64 id;

	if (!c || !n)
		return 0;
	/* 5.10 runs this program nested inside itself: timers also expire in a softirq. */
	__sync_fetch_and_add(&n->tick, 1);
	id = n->tick;
	r = emit_reserve(&e, c, RS_TICK, sizeof(*r), &about);
	if (!r)
		return 0;
	r->id = id;
	emit_submit(ctx, &e, r);
	return 0;
}

/* Run by BPF_PROG_TEST_RUN: the caller's process as the kernel's first pid namespace has it. */
SEC("raw_tp")
int learn_pid(void *ctx)
{
	return bpf_get_current_pid_tgid() >> 32;
}
