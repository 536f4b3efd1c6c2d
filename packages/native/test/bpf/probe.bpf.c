// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs for the binding's tests: each does one thing that a test can see. All but two are run by hand. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define LARGEST 4096

struct layout {
	__u8 small;
	__u32 word;
	__u64 wide;
	char tail[];
};

struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct ring);
} slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} undeclared SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct layout);
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} lanes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u8[LARGEST]);
} scratch SEC(".maps");

/* Two entries for each of at most 32 CPUs, as a slot's buffers stand side by side. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u32);
} perf SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, __u64);
	__type(value, __u64);
} many SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__uint(value_size, 12);
} spread SEC(".maps");

const volatile __u64 knob = 7;
/* The ring's map is not created then: what would use it must be dead code to the verifier. */
const volatile __u8 use_perf = 0;

static __always_inline void *ring_in_slot(void)
{
	__u32 zero = 0;

	if (use_perf)
		return 0;
	return bpf_map_lookup_elem(&slots, &zero);
}

static __always_inline void count(__u32 at)
{
	__u64 *value = bpf_map_lookup_elem(&counts, &at);

	if (value)
		__sync_fetch_and_add(value, 1);
}

/* Context: bytes of the record, its first 64-bit word, flags. Returns 0 or 1 when there is no room. */
SEC("raw_tp")
int put(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 size = ctx->args[0];
	__u32 zero = 0;
	void *ring = ring_in_slot();
	__u64 *record = bpf_map_lookup_elem(&scratch, &zero);

	if (!ring || !record)
		return 2;
	record[0] = ctx->args[1];
	if (size > LARGEST)
		return 3;
	return bpf_ringbuf_output(ring, record, size, ctx->args[2]) ? 1 : 0;
}

/* Context: bytes of the record, its first 64-bit word, entry of `perf`. Returns 0 or the errno. */
SEC("raw_tp")
int put_perf(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 size = ctx->args[0], index = ctx->args[2];
	__u32 zero = 0;
	__u64 *record = bpf_map_lookup_elem(&scratch, &zero);

	if (!record || size > LARGEST)
		return -1;
	record[0] = ctx->args[1];
	return -bpf_perf_event_output(ctx, &perf, index & 0xffffffff, record, size);
}

SEC("raw_tp")
int discard(void *ctx)
{
	void *ring = ring_in_slot();
	__u64 *record;

	if (!ring)
		return 2;
	record = bpf_ringbuf_reserve(ring, sizeof(*record), 0);
	if (!record)
		return 1;
	bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
	return 0;
}

/* Element 1 of `counts` ends it: the test has seen what it wanted. */
static long held(__u32 i, void *done)
{
	__u32 one = 1;
	__u64 *end = bpf_map_lookup_elem(&counts, &one);

	*(__u64 *)done = end ? *(volatile __u64 *)end : 1;
	return *(__u64 *)done != 0;
}

/* Reserves, and keeps the record busy until it is told, or for some seconds at most. */
#define HOLD_LOOPS 32

SEC("raw_tp")
int hold(void *ctx)
{
	void *ring = ring_in_slot();
	__u64 *record, done = 0;

	if (!ring)
		return 2;
	record = bpf_ringbuf_reserve(ring, sizeof(*record), 0);
	if (!record)
		return 1;
	*record = 0;
	for (int i = 0; i < HOLD_LOOPS && !done; i++)
		bpf_loop(1 << 23, held, &done, 0);
	bpf_ringbuf_submit(record, 0);
	return 0;
}

SEC("raw_tp")
int read_knob(void *ctx)
{
	return knob;
}

SEC("raw_tp")
int which_cpu(void *ctx)
{
	return bpf_get_smp_processor_id();
}

SEC("raw_tp")
int print(void *ctx)
{
	bpf_printk("probe");
	return 0;
}

/* Calls what it is attached to: the kernel skips the inner run. */
SEC("raw_tp/bpf_trace_printk")
int on_print(void *ctx)
{
	count(2);
	bpf_printk("again");
	return 0;
}

SEC("raw_tp/hrtimer_expire_entry")
int on_timer(void *ctx)
{
	__u32 cpu = bpf_get_smp_processor_id();

	count(8 + (cpu & 7));
	return 0;
}

/* Keeps `struct layout` in the BTF. */
SEC("raw_tp")
int read_table(void *ctx)
{
	__u32 key = 1;
	struct layout *found = bpf_map_lookup_elem(&table, &key);
	__u32 zero = 0;
	__u32 *lane = bpf_map_lookup_elem(&lanes, &zero);

	if (!use_perf)
		bpf_map_lookup_elem(&undeclared, &zero);
	if (lane)
		*lane += 1;
	return found ? found->word : 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
