/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is watched at all: asked before `seen` is counted, so that a type that
 * is switched off, a pause, and the agent's own doings leave no trace.
 */
#ifndef RINGSIDE_SUBJECT_H
#define RINGSIDE_SUBJECT_H

#include "maps.h"

/* The control block, or NULL when no event of this type is wanted. */
static __always_inline const struct rs_control *control_of(__u32 type)
{
	const struct rs_control *c;
	__u32 zero = 0;

	c = bpf_map_lookup_elem(&control, &zero);
	if (!c || c->paused || !c->type[type & (RS_TYPES - 1)].enabled)
		return NULL;
	return c;
}

/* The agent is not its own subject: its writes would make events that make writes. */
static __always_inline bool is_agent(const struct rs_control *c)
{
	return c->agent_pid && c->agent_pid == bpf_get_current_pid_tgid() >> 32;
}

/* Where the agent listens, and nowhere else: another address of this number is somebody else's. */
static __always_inline bool is_agent_end(const struct rs_control *c, __u8 family,
					 const __u8 *address, __u16 port)
{
	const __u32 *word = (const void *)address;

	if (c->agent_port != port)
		return false;
	if (family == 4)
		return word[0] == bpf_htonl(0x7f000001); /* 127.0.0.1 */
	return !word[0] && !word[1] && !word[2] && word[3] == bpf_htonl(1); /* ::1 */
}

/* Either end: on loopback the browser's packets are the agent's too. */
static __always_inline bool is_agent_port(const struct rs_control *c, const struct rs_conn *conn)
{
	return c->agent_port && conn->protocol == PROTO_TCP &&
	       (is_agent_end(c, conn->family, conn->saddr, conn->sport) ||
		is_agent_end(c, conn->family, conn->daddr, conn->dport));
}

#endif
