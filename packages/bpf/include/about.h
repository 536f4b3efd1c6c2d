/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is known of an event before its record is built: all that the filter and
 * the tables ask about. A program fills in what it has at hand anyway.
 */
#ifndef RINGSIDE_ABOUT_H
#define RINGSIDE_ABOUT_H

#include "kernel.h"
#include "abi.h"

struct about {
	__u32 bytes;		/* of a packet its length, else of the record without its path */
	bool process;		/* the current process did it */
	bool call;		/* it is a system call, of number `nr` */
	__u32 nr;
	const void *comm;	/* the process's name, where that is not the current thread's */
	const struct rs_conn *conn;
	__u32 segments;		/* of a packet, else 0 */
};

#endif
