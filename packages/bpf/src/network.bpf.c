// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * TCP sockets change state; IP packets go out and come in. Most of it happens
 * in interrupts, where the current process is whoever was interrupted: it is
 * named only where the change is made by the process itself.
 */
#include "emit.h"
#include "subject.h"
#include "task.h"

#define ALIGNED __attribute__((aligned(8))) /* its addresses are also read as whole words */

static __always_inline bool is_v4_mapped(const struct in6_addr *a)
{
	return !a->in6_u.u6_addr32[0] && !a->in6_u.u6_addr32[1] &&
	       a->in6_u.u6_addr32[2] == bpf_htonl(0xffff);
}

/* A socket that closes has given its port back already, yet it remembers it. */
static __always_inline __u16 local_port(const struct sock *sk)
{
	const struct inet_sock *inet = (const void *)sk;
	__u16 port = sk->__sk_common.skc_num;

	return port ? port : bpf_ntohs(BPF_CORE_READ(inet, inet_sport));
}

/* false: not an IP socket. */
static __always_inline bool conn_of_sock(const struct sock *sk, struct rs_conn *conn)
{
	const struct sock_common *k = &sk->__sk_common;
	__u32 *saddr = (__u32 *)conn->saddr, *daddr = (__u32 *)conn->daddr;
	__u16 family = k->skc_family;

	conn->sport = local_port(sk);
	conn->dport = bpf_ntohs(k->skc_dport);
	conn->protocol = PROTO_TCP;
	if (family == AF_INET ||
	    (family == AF_INET6 &&
	     (is_v4_mapped(&k->skc_v6_daddr) || is_v4_mapped(&k->skc_v6_rcv_saddr)))) {
		conn->family = 4;
		saddr[0] = k->skc_rcv_saddr;
		daddr[0] = k->skc_daddr;
		return true;
	}
	if (family != AF_INET6)
		return false;
	conn->family = 6;
	for (int i = 0; i < 4; i++) {
		saddr[i] = k->skc_v6_rcv_saddr.in6_u.u6_addr32[i];
		daddr[i] = k->skc_v6_daddr.in6_u.u6_addr32[i];
	}
	return true;
}

/*
 * Changes that are made by connect, listen, close and shutdown alone. All others
 * follow from a packet or a timer, though often on the CPU of a process.
 */
static __always_inline bool is_made_by_process(int old, int new)
{
	switch (new) {
	case BPF_TCP_SYN_SENT:
	case BPF_TCP_LISTEN:
	case BPF_TCP_FIN_WAIT1:
		return true;
	case BPF_TCP_LAST_ACK:
		return old == BPF_TCP_CLOSE_WAIT;
	case BPF_TCP_CLOSE:
		return old == BPF_TCP_LISTEN;
	}
	return false;
}

/* The socket's address as a number: the verifier allows no arithmetic on a typed pointer. */
static __always_inline __u64 socket_id(const void *ctx)
{
	__u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), ctx);
	return address ^ socket_key;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_tcp, const struct sock *sk, int old, int new)
{
	const struct rs_control *c = control_of(RS_TCP);
	struct about about = { .process = is_made_by_process(old, new) };
	struct rs_conn conn ALIGNED = {};
	struct emission e;
	struct rs_tcp *r;

	if (!c || sk->sk_protocol != PROTO_TCP || !conn_of_sock(sk, &conn))
		return 0;
	if (is_agent_port(c, &conn))
		return 0;
	about.conn = &conn;
	r = emit_reserve(&e, c, RS_TCP, sizeof(*r), &about);
	if (!r)
		return 0;
	if (about.process)
		task_current(&r->task);
	else
		task_none(&r->task);
	r->conn = conn;
	r->socket = socket_id(ctx);
	r->old_state = old;
	r->new_state = new;
	__builtin_memset(r->reserved, 0, sizeof(r->reserved));
	emit_submit(ctx, &e, r);
	return 0;
}

static __always_inline bool has_ports(__u8 protocol)
{
	return protocol == PROTO_TCP || protocol == PROTO_UDP || protocol == PROTO_UDPLITE ||
	       protocol == PROTO_SCTP || protocol == PROTO_DCCP;
}

/* Only what lies in the linear part, before `end`, may be read. */
static __always_inline void read_ports(const __u8 *transport, const __u8 *end,
				       struct rs_conn *conn)
{
	struct port_pair ports = {};

	if (transport + sizeof(ports) > end)
		return;
	bpf_probe_read_kernel(&ports, sizeof(ports), transport);
	conn->sport = bpf_ntohs(ports.source);
	conn->dport = bpf_ntohs(ports.dest);
	if (conn->protocol == PROTO_TCP && transport + TCP_FLAGS_OFFSET < end)
		bpf_probe_read_kernel(&conn->tcp_flags, 1, transport + TCP_FLAGS_OFFSET);
}

static __always_inline bool conn_of_ipv4(const __u8 *ip, const __u8 *end, struct rs_conn *conn)
{
	struct ipv4_header h;

	if (ip + sizeof(h) > end || bpf_probe_read_kernel(&h, sizeof(h), ip))
		return false;
	conn->family = 4;
	conn->protocol = h.protocol;
	__builtin_memcpy(conn->saddr, h.saddr, sizeof(h.saddr));
	__builtin_memcpy(conn->daddr, h.daddr, sizeof(h.daddr));
	/* Only the first fragment begins with the transport's header. */
	if (has_ports(h.protocol) && !(h.fragment & bpf_htons(IPV4_FRAGMENT_OFFSET)))
		read_ports(ip + (h.version_ihl & 15) * 4, end, conn);
	return true;
}

/* Extension headers are not walked: the first one stands as the protocol, without ports. */
static __always_inline bool conn_of_ipv6(const __u8 *ip, const __u8 *end, struct rs_conn *conn)
{
	struct ipv6_header h;

	if (ip + sizeof(h) > end || bpf_probe_read_kernel(&h, sizeof(h), ip))
		return false;
	conn->family = 6;
	conn->protocol = h.next_header;
	__builtin_memcpy(conn->saddr, h.saddr, sizeof(h.saddr));
	__builtin_memcpy(conn->daddr, h.daddr, sizeof(h.daddr));
	if (has_ports(h.next_header))
		read_ports(ip + sizeof(h), end, conn);
	return true;
}

/* An skb as the device will cut it: 1, or the segments of an offloaded one. */
static __always_inline __u16 segments_of(const struct sk_buff *skb)
{
	const struct skb_shared_info *shared = (const void *)(skb->head + skb->end);
	__u16 segments = BPF_CORE_READ(shared, gso_segs);

	return segments ? segments : 1;
}

static __always_inline int emit_packet(void *ctx, const struct sk_buff *skb, const __u8 *ip,
				       __u8 direction)
{
	const struct rs_control *c = control_of(RS_PACKET);
	struct rs_conn conn ALIGNED = { .direction = direction };
	struct about about = { .conn = &conn };
	const __u8 *end = skb->data + (skb->len - skb->data_len);
	__u16 protocol = skb->protocol;
	struct rs_packet *r;
	struct emission e;
	bool known;

	if (!c)
		return 0;
	if (protocol == bpf_htons(ETH_P_IP))
		known = conn_of_ipv4(ip, end, &conn);
	else if (protocol == bpf_htons(ETH_P_IPV6))
		known = conn_of_ipv6(ip, end, &conn);
	else
		return 0;
	if (!known || is_agent_port(c, &conn))
		return 0;
	about.bytes = skb->len - (ip - skb->data);
	about.segments = segments_of(skb);
	r = emit_reserve(&e, c, RS_PACKET, sizeof(*r), &about);
	if (!r)
		return 0;
	r->conn = conn;
	r->length = about.bytes;
	r->ifindex = skb->dev->ifindex;
	r->segments = about.segments;
	__builtin_memset(r->reserved, 0, sizeof(r->reserved));
	emit_submit(ctx, &e, r);
	return 0;
}

SEC("tp_btf/net_dev_queue")
int BPF_PROG(on_send, struct sk_buff *skb)
{
	return emit_packet(ctx, skb, skb->head + skb->network_header, RS_OUT);
}

/* The hook fires before network_header is set anew: the IP header is at data. */
SEC("tp_btf/netif_receive_skb")
int BPF_PROG(on_receive, struct sk_buff *skb)
{
	return emit_packet(ctx, skb, skb->data, RS_IN);
}
