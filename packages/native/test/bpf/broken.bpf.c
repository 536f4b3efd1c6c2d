// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the verifier must refuse. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} values SEC(".maps");

SEC("raw_tp")
int unchecked(void *ctx)
{
	__u32 zero = 0;
	__u64 *value = bpf_map_lookup_elem(&values, &zero);

	return *value;	/* may be NULL */
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
