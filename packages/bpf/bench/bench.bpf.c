// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * For `npm run bench` alone: one event twice, once as plain as a BPF program can
 * send it, and once through everything that the product's programs go through.
 * Both fill in the same 80 bytes, and count their drops.
 */
#include "emit.h"
#include "subject.h"
#include "task.h"

#define PER_RUN 512
#define FAKE_PID 100000
#define PROCESSES 64

/* The plain events' ring; the other ones' stands in a slot. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} plain_ring SEC(".maps");

struct plain_counts {
	__u64 made;
	__u64 dropped;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct plain_counts);
} plain_counts SEC(".maps");

/* Of every CPU one record, for events of variable size. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, union rs_record);
} plain_scratch SEC(".maps");

/* 256 numbers of system calls, in no order: what is counted by them must not sit in one cache line. */
static __always_inline __u32 call_of(__u64 id)
{
	return ((__u32)id * 0x9e3779b1u) >> 24;
}

static __always_inline void fill_call(struct rs_syscall *r, __u64 id)
{
	task_current(&r->task);
	r->task.pid = FAKE_PID + (id & (PROCESSES - 1));
	r->result = id;
	r->nr = call_of(id);
	r->reserved = 0;
}

static __always_inline void plain_header(struct rs_header *h, __u32 type, __u32 size, __u64 id)
{
	h->version = RS_ABI_VERSION;
	h->type = type;
	h->size = size;
	h->cpu = bpf_get_smp_processor_id();
	h->level = 0;
	h->slot = RS_SLOT_NORMAL;
	h->rate = RS_RATE_ALL;
	h->seq = id;
	h->time = bpf_ktime_get_ns();
}

/* What the making of both kinds of events costs without them: the call, and their running number. */
#define NOTHING 255

/* Not static, as emit_load: checked once by the verifier, and called alike by both. */
__noinline int plain_event(__u32 flags)
{
	__u32 zero = 0;
	struct plain_counts *n = bpf_map_lookup_elem(&plain_counts, &zero);
	struct rs_syscall *r;

	if (!n)
		return 0;
	n->made++;
	if (flags == NOTHING)
		return 0;
	r = bpf_ringbuf_reserve(&plain_ring, sizeof(*r), 0);
	if (!r) {
		n->dropped++;
		return 0;
	}
	plain_header(&r->h, RS_SYSCALL, sizeof(*r), n->made);
	fill_call(r, n->made);
	bpf_ringbuf_submit(r, flags);
	return 0;
}

/* One of 65,536 keys. */
static __always_inline __u32 key_of(__u64 id)
{
	return ((__u32)id * 0x9e3779b1u) >> 16;
}

/* Each in a function of its own: where they share code, the verifier loses that the kind is constant. */
static __noinline bool sketch_alone(struct rs_sketch *sketch, __u64 id)
{
	struct rs_heavy_key key = { .kind = RS_KIND_PROCESS, .tag = key_of(id) };

	return sketch_count(sketch, &key);
}

static __noinline bool sketch_and_keep(struct rs_sketch *sketch, __u64 id)
{
	struct rs_heavy_key key = { .kind = RS_KIND_PROCESS, .tag = key_of(id) };

	return heavy_count(sketch, 0, &key);
}

/* Counts in a sketch beside what emit does. 2: and keeps the keys that come often. */
static __always_inline void sketch_event(const struct emission *e, __u64 id, __u32 how)
{
	struct rs_sketch *sketch = sketch_of(0, &e->at);

	if (!sketch)
		return;
	if (how == 2)
		sketch_and_keep(sketch, id);
	else
		sketch_alone(sketch, id);
}

__noinline int full_event(struct bpf_raw_tracepoint_args *ctx, __u32 how)
{
	struct about about = { .process = true, .call = true };
	__u32 zero = 0;
	struct rs_runs *n = bpf_map_lookup_elem(&runs, &zero);
	const struct rs_control *c;
	struct rs_syscall *r;
	struct emission e;

	if (!n)
		return 0;
	n->load++;
	if (how == NOTHING)
		return 0;
	c = control_of(RS_SYSCALL);
	if (!c || is_agent(c))
		return 0;
	about.nr = call_of(n->load);
	r = emit_reserve(&e, c, RS_SYSCALL, sizeof(*r), &about);
	if (!r)
		return 0;
	fill_call(r, n->load);
	if (how)
		sketch_event(&e, n->load, how);
	emit_submit(ctx, &e, r);
	return 0;
}

/* Run by BPF_PROG_TEST_RUN. Context, u64 each: how many (at most PER_RUN), flags of the submit, or NOTHING. */
SEC("raw_tp")
int plain(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 count = ctx->args[0], flags = ctx->args[1];

	for (__u32 i = 0; i < PER_RUN && i < count; i++)
		plain_event(flags);
	return 0;
}

/* Context: how many, and as sketch_event has it (0: no sketch of its own), or NOTHING. */
SEC("raw_tp")
int full(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 count = ctx->args[0], how = ctx->args[1];

	for (__u32 i = 0; i < PER_RUN && i < count; i++)
		full_event(ctx, how);
	return 0;
}

#define NR_OPENAT 257

/* What on_open does, by a program that knows one system call and one ring. */
SEC("tp_btf/sys_exit")
int BPF_PROG(plain_open, struct pt_regs *regs, long result)
{
	__u32 zero = 0;
	struct plain_counts *n;
	union rs_record *record;
	struct rs_open *r;
	__u64 size;

	if (regs->orig_ax != NR_OPENAT)
		return 0;
	n = bpf_map_lookup_elem(&plain_counts, &zero);
	record = bpf_map_lookup_elem(&plain_scratch, &zero);
	if (!n || !record)
		return 0;
	n->made++;
	r = &record->open;
	task_current(&r->task);
	r->result = result;
	r->dirfd = regs->di;
	r->flags = regs->dx;
	r->mode = regs->r10;
	r->nr = NR_OPENAT;
	r->path_len = path_kept(bpf_probe_read_user_str(r->path, RS_PATH + 1, (void *)regs->si),
				&r->task);
	size = sizeof(*r) + r->path_len;
	plain_header(&r->h, RS_OPEN, size, n->made);
	if (size > RS_SCRATCH)
		size = RS_SCRATCH;
	if (bpf_ringbuf_output(&plain_ring, record, size, BPF_RB_NO_WAKEUP))
		n->dropped++;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
