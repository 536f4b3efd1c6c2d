// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Keeps a record of a ring reserved and not committed, as long as a test wants it. Run by hand. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* At most, whatever becomes of the test. */
#define HOLD_NS 5000000000ULL
#define LOOKS (1 << 23)
#define RECORD_BYTES 48

struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};

/* The ring in question, put there by the test. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct ring);
} held_ring SEC(".maps");

/* 1: it is to end. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} end SEC(".maps");

/* until: ktime, 0 once it is over. */
static long held(__u32 i, void *until)
{
	__u32 zero = 0;
	__u64 *ends = bpf_map_lookup_elem(&end, &zero);

	if (!ends || *(volatile __u64 *)ends || bpf_ktime_get_ns() > *(__u64 *)until)
		*(__u64 *)until = 0;
	return *(__u64 *)until == 0;
}

static long held_on(__u32 i, void *until)
{
	bpf_loop(LOOKS, held, until, 0);
	return *(__u64 *)until == 0;
}

SEC("raw_tp")
int hold(void *ctx)
{
	__u64 until = bpf_ktime_get_ns() + HOLD_NS;
	__u32 zero = 0;
	void *ring = bpf_map_lookup_elem(&held_ring, &zero);
	void *record;

	if (!ring)
		return 2;
	record = bpf_ringbuf_reserve(ring, RECORD_BYTES, 0);
	if (!record)
		return 1;
	bpf_loop(LOOKS, held_on, &until, 0);
	/* Nothing that a reader would have to make sense of. */
	bpf_ringbuf_discard(record, 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
