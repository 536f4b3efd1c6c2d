/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The contract between the BPF programs and whoever reads what they write:
 * record layouts, the ledger's counters, and the control block.
 *
 * This is the only place where it is written. Readers in other languages hold
 * offsets of their own and are proved against this object's BTF by a test.
 * All integers are host-endian; every struct is free of hidden padding.
 */
#ifndef RINGSIDE_ABI_H
#define RINGSIDE_ABI_H

#define RS_ABI_VERSION 1

enum rs_limit {
	RS_SLOTS = 16,		/* named places for a buffer */
	RS_TYPES = 16,		/* event types, 0 is never used */
	RS_LEVELS = 4,		/* nesting levels that have numbers of their own */
	RS_ROWS = 5,		/* rows per CPU: one per level, and one for deeper nesting */
	RS_COMM = 16,		/* bytes of a process name, NUL included (TASK_COMM_LEN) */
	RS_PATH = 512,		/* bytes of a path kept, NUL included; longer ones are flagged */
	RS_SCRATCH = 1024,	/* bytes of a row's scratch record, the largest record */
	RS_FILTERS = 8,		/* rules of the filter in the kernel, at most */
	RS_KINDS = 3,		/* kinds of keys that are counted in the kernel */
	RS_SKETCH_ROWS = 4,	/* d of the count-min sketch: delta = exp(-d) */
	RS_SKETCH_CELLS = 1024,	/* w of the count-min sketch: epsilon = e / w */
	RS_HEAVY_SHARE = 512,	/* a key of a smaller share than 1 in this is within a sketch's error */
	RS_WINDOW_MS = 100,	/* length of a time window */
};

/* By priority: the first three. By subsystem: the next four. Hot and cold: the last two. */
enum rs_slot {
	RS_SLOT_CRITICAL = 0,
	RS_SLOT_NORMAL = 1,
	RS_SLOT_DEBUG = 2,
	RS_SLOT_PROCESS = 3,
	RS_SLOT_FILE = 4,
	RS_SLOT_NETWORK = 5,
	RS_SLOT_SYSCALL = 6,
	RS_SLOT_HOT = 7,
	RS_SLOT_COLD = 8,
};

enum rs_type {
	RS_FORK = 1,
	RS_EXEC = 2,
	RS_EXIT = 3,
	RS_OPEN = 4,
	RS_TCP = 5,
	RS_PACKET = 6,
	RS_SYSCALL = 7,
	RS_LOAD = 8,		/* the load generator's records */
	RS_TICK = 9,		/* the nesting generator's records, from a timer interrupt */
};

/* Set in rs_header.rate when every event is kept. */
#define RS_RATE_ALL 0xffffffffu

/*
 * Every record starts with this. A (slot, cpu, level) is a stream: seq counts
 * the attempted outputs of that stream from 1, so a hole is a drop.
 */
struct rs_header {
	__u16 version;		/* 0: of the layout that follows: RS_ABI_VERSION, or a later one of its type */
	__u16 type;		/* 2: enum rs_type */
	__u32 size;		/* 4: bytes of the whole record, this header included */
	__u16 cpu;		/* 8 */
	__u8 level;		/* 10: nesting level, 0..RS_LEVELS-1 */
	__u8 slot;		/* 11: enum rs_slot */
	__u32 rate;		/* 12: sampling threshold in force: kept when a draw is below it */
	__u64 seq;		/* 16 */
	__u64 time;		/* 24: CLOCK_MONOTONIC ns, taken right before the output, or its count in tables */
};				/* 32 bytes */

/* Who did it. All zero when the event comes from an interrupt that has no process. */
struct rs_task {
	__u32 pid;		/* thread group id, in the initial pid namespace */
	__u32 tid;
	__u32 uid;
	__u32 flags;		/* enum rs_task_flag */
	char comm[RS_COMM];	/* as the kernel has it: any bytes, NUL-terminated */
};				/* 32 bytes */

enum rs_task_flag {
	RS_TASK_COMPAT = 1,	/* the system call came through the 32-bit table */
	RS_TASK_TRUNCATED = 2,	/* the path was longer than RS_PATH - 1 bytes */
	RS_TASK_UNREADABLE = 4,	/* the path could not be read: it is empty */
};

struct rs_fork {		/* a new process, not a thread; task is the parent */
	struct rs_header h;
	struct rs_task task;
	__u32 child_pid;	/* 64 */
	__u32 child_tid;	/* 68 */
	char child_comm[RS_COMM]; /* 72 */
};				/* 88 bytes */

struct rs_exec {		/* variable size: ends with the path's bytes */
	struct rs_header h;
	struct rs_task task;	/* comm is the new one */
	__u32 old_pid;		/* 64: tid before exec, differs when a thread calls exec */
	__u16 path_len;		/* 68: bytes of path, NUL not included */
	__u16 path_off;		/* 70: where the path begins in the record */
	char path[];		/* 72 */
};

struct rs_exec2 {		/* version 2 of rs_exec: who started it, and where it belongs */
	struct rs_header h;
	struct rs_task task;
	__u32 old_pid;		/* 64 */
	__u16 path_len;		/* 68 */
	__u16 path_off;		/* 70 */
	__u32 parent_pid;	/* 72: thread group id of the parent, in the initial pid namespace */
	__u32 reserved;
	__u64 cgroup;		/* 80: id of its control group in the v2 hierarchy, 0 where there is none */
	char path[];		/* 88 */
};

struct rs_exit {		/* the last thread of a process has ended */
	struct rs_header h;
	struct rs_task task;	/* the main thread's tid and comm; the last thread's uid */
	__u32 code;		/* 64: exit status, 0..255 */
	__u32 signal;		/* 68: signal that ended it, or 0; | 0x80 when it dumped core */
	__u64 start_time;	/* 72: when it started, CLOCK_MONOTONIC ns */
};				/* 80 bytes */

struct rs_open {		/* variable size: ends with the path's bytes */
	struct rs_header h;
	struct rs_task task;
	__s64 result;		/* 64: file descriptor, or -errno */
	__s32 dirfd;		/* 72: directory the path is relative to; AT_FDCWD is -100 */
	__u32 flags;		/* 76: open(2) flags */
	__u32 mode;		/* 80 */
	__u16 nr;		/* 84: the system call's number */
	__u16 path_len;		/* 86 */
	char path[];		/* 88 */
};

/* A connection as seen from one host. IPv4 addresses stand in the first four bytes. */
struct rs_conn {
	__u8 saddr[16];		/* local address, or a packet's source; network byte order */
	__u8 daddr[16];		/* remote address, or a packet's destination */
	__u16 sport;		/* host byte order */
	__u16 dport;
	__u8 family;		/* 4 or 6 */
	__u8 protocol;		/* IPPROTO_* */
	__u8 direction;		/* enum rs_direction */
	__u8 tcp_flags;		/* a TCP packet's flag byte, else 0 */
};				/* 40 bytes */

enum rs_direction { RS_OUT = 0, RS_IN = 1 };

struct rs_tcp {			/* a TCP socket changes state */
	struct rs_header h;
	struct rs_task task;	/* empty where the change comes from an interrupt */
	struct rs_conn conn;	/* 64 */
	__u64 socket;		/* 104: stands for the socket while it lives; not an address */
	__u8 old_state;		/* 112: TCP_* of include/net/tcp_states.h */
	__u8 new_state;		/* 113 */
	__u8 reserved[6];
};				/* 120 bytes */

struct rs_packet {		/* the fixed-size event: an IP packet is sent or received */
	struct rs_header h;
	struct rs_conn conn;	/* 32 */
	__u32 length;		/* 72: bytes from the IP header on, of all segments */
	__u32 ifindex;		/* 76 */
	__u16 segments;		/* 80: 1, or how many packets the device will make of it (GSO) */
	__u8 reserved[6];
};				/* 88 bytes */

struct rs_syscall {		/* a system call returned */
	struct rs_header h;
	struct rs_task task;
	__s64 result;		/* 64 */
	__u32 nr;		/* 72 */
	__u32 reserved;
};				/* 80 bytes */

struct rs_load {		/* variable size: payload of pad bytes */
	struct rs_header h;
	__u64 id;		/* 32: the generator's own running number */
	__u32 pad_len;		/* 40 */
	__u32 reserved;
	__u8 pad[];		/* 48 */
};

struct rs_tick {
	struct rs_header h;
	__u64 id;		/* 32: runs of the timer program on this CPU */
};				/* 40 bytes, the smallest record */

/* ---- the ledger -------------------------------------------------------- */

/*
 * What became of the events of one (slot, type). u64, monotonic, written by one
 * CPU at one nesting level only, never by user space. A reader adds the rows up.
 *   seen = filtered + sampled + shed + aggregated + dropped_* + submitted
 */
struct rs_fates {
	__u64 seen;		/* 0 */
	__u64 filtered;		/* 8 */
	__u64 sampled;		/* 16 */
	__u64 shed;		/* 24 */
	__u64 aggregated;	/* 32 */
	__u64 dropped_full;	/* 40 */
	__u64 dropped_oversize;	/* 48: cannot occur while the smallest buffer holds RS_SCRATCH */
	__u64 dropped_no_reader; /* 56: the slot holds no buffer */
	__u64 dropped_other;	/* 64: lock not obtained, or nested deeper than RS_LEVELS */
	__u64 submitted;	/* 72 */
};				/* 80 bytes */

/*
 * One row per (CPU, nesting level): element cpu * RS_ROWS + level of the map
 * `rows`. Row RS_LEVELS is for deeper nesting: seen, dropped_other and untabled
 * windows only, added atomically, no numbers.
 */
struct rs_row {
	__u64 seq[RS_SLOTS];	/* 0: last number given out, per slot */
	__u64 lcg;		/* 128: state of the sampling draw */
	__u64 untabled[3];	/* 136: enum rs_table: what a table had no room for, or was busy with */
	__u64 reserved[4];	/* 160 */
	struct rs_fates fates[RS_SLOTS][RS_TYPES]; /* 192 */
};				/* 192 + 16 * 16 * 80 = 20,672 bytes */

/* ---- controls: written by the agent, read by the programs --------------- */

enum rs_mode { RS_MODE_EVENTS = 0, RS_MODE_AGGREGATE = 1, RS_MODE_BOTH = 2 };

struct rs_type_control {
	__u8 enabled;		/* 0: the programs return before `seen` */
	__u8 slot;		/* route: enum rs_slot */
	__u8 mode;		/* enum rs_mode: sent as events, counted in tables, or both */
	__u8 version;		/* of the record's layout; 0: the newest */
	__u8 reserved[4];
};				/* 8 bytes */

struct rs_slot_control {
	__u32 backpressure;	/* 1: shed this slot's events while it is above the watermark */
	__u32 shed_above;	/* bytes of fill where shedding starts; 0: always */
	__u32 shed_below;	/* bytes of fill where it stops again */
	__u32 wake_bytes;	/* bytes of fill at which a sleeping reader is woken */
};				/* 16 bytes */

/* The single element of the map `control`. Every word is written whole. */
struct rs_control {
	__u32 agent_pid;	/* 0: thread group id that is not its own subject; 0: show all */
	__u16 agent_port;	/* 4: TCP of 127.0.0.1 and ::1 with this port likewise; 0: show all */
	__u16 paused;		/* 6: 1: every program returns before `seen` */
	struct rs_type_control type[RS_TYPES]; /* 8 */
	struct rs_slot_control slot[RS_SLOTS]; /* 136 */
	__u32 rate[RS_SLOTS][RS_TYPES]; /* 392: sampling thresholds */
};				/* 1416 bytes */

enum rs_filter_field {
	RS_FILTER_PID = 1,
	RS_FILTER_UID = 2,
	RS_FILTER_COMM = 3,
	RS_FILTER_CGROUP = 4,	/* the control group or one below it */
	RS_FILTER_TYPE = 5,
};

/*
 * One rule. An event passes when no rule with `not` matches it and, for each
 * field that has rules without, one of them does. An event without a process
 * matches no rule about processes.
 */
struct rs_filter {
	__u8 field;		/* 0: enum rs_filter_field */
	__u8 not;		/* 1 */
	__u8 level;		/* 2: depth of the control group below the root */
	__u8 reserved;
	__u32 value;		/* 4: pid, uid, or a bit for each type */
	__u64 cgroup;		/* 8 */
	char comm[RS_COMM];	/* 16: NUL-padded */
};				/* 32 bytes */

/* The single element of the map `plan`, written by the loader's side: which banks are in use. */
struct rs_plan {
	__u32 filter_bank;	/* 0: rules are filters[bank * RS_FILTERS ...] */
	__u32 filters[2];	/* 4: how many rules each bank has */
	__u32 table_bank;	/* 12: tables that are counted into */
	__u32 by_cpu[RS_SLOTS];	/* 16: 1: the slot's buffer is one ring per CPU */
};				/* 80 bytes */

/*
 * Element `slot` of the map `wake`: words written at event rate, on a cache
 * line of their own. The reader sets asleep, looks at the ring again, and
 * blocks; the producer that finds wake_bytes in the ring clears it and wakes.
 */
struct rs_wake {
	__u32 asleep;		/* 0 */
	__u32 shedding;		/* 4: hysteresis of the watermark; by the programs, of a slot by CPU as the
				   last CPU that changed found it; with perf buffers by the reader */
	__u32 reserved[14];
};				/* 64 bytes */

/*
 * ---- what is counted in the kernel: seen and not filtered, of types whose mode asks for it --
 *   seen - filtered = events in windows + untabled[RS_TABLE_WINDOWS]
 */

/*
 * Two banks of each table. The reader makes the other bank the one in use, waits
 * until no program runs that began before, and then reads and empties the old
 * one, which nobody touches any more. So sums are exact.
 */
enum rs_table { RS_TABLE_CONNECTIONS = 0, RS_TABLE_WINDOWS = 1, RS_TABLE_HEAVY = 2 };

/* `connections`: struct rs_conn (tcp_flags 0) → what went through it. Added to atomically. */
struct rs_conn_sum {
	__u64 packets;		/* of all segments */
	__u64 bytes;
	__u64 first;		/* CLOCK_MONOTONIC ns */
	__u64 last;
};				/* 32 bytes */

/* `windows`: events by time window, one value per CPU: plain additions, as in rs_row. */
struct rs_window_key {
	__u64 window;		/* 0: time / RS_WINDOW_MS */
	__u32 type;		/* 8 */
	__u32 level;		/* 12: nesting level; a reader adds them up */
};				/* 16 bytes */

struct rs_window_sum {
	__u64 events;
	__u64 bytes;		/* of packets: their length; else the record's, without its path */
};				/* 16 bytes */

enum rs_kind { RS_KIND_PROCESS = 0, RS_KIND_SYSCALL = 1, RS_KIND_REMOTE = 2 };

/* What a sketch counts. */
struct rs_heavy_key {
	__u32 kind;		/* enum rs_kind */
	__u32 tag;		/* pid; system call number, | 1 << 31 of the 32-bit table; 4 or 6 */
	__u64 bytes[2];		/* the address, else 0 */
};				/* 24 bytes */

/*
 * `heavy`: keys whose estimate has reached a power of two in a sketch of this
 * bank, and then was no less than 1 / RS_HEAVY_SHARE of its total, with the name
 * at that time. So a flood of keys that come once cannot fill it.
 */
struct rs_heavy {
	char comm[RS_COMM];
};				/* 16 bytes */

/*
 * Element (bank * cpus + cpu) * RS_LEVELS + level of the map `sketches`: plain
 * increments, as in rs_row. The cell of a key in a row is the top 10 bits of
 * digest * sketch_seed[row], where (all in 64 bits, wrapping)
 *   digest = (kind << 32 | tag) ^ bytes[0] * 0xff51afd7ed558ccd ^ bytes[1] * 0xc4ceb9fe1a85ec53,
 *   digest ^= digest >> 32
 * and the seeds are random and odd, set at load.
 */
struct rs_sketch {
	__u64 total[RS_KINDS];	/* 0: events counted */
	__u64 reserved[5];
	__u32 cell[RS_KINDS][RS_SKETCH_ROWS][RS_SKETCH_CELLS]; /* 64 */
};				/* 64 + 3 * 4 * 1024 * 4 = 49,216 bytes */

#define RS_ASSERT_SIZE(type, bytes) \
	_Static_assert(sizeof(struct type) == (bytes), "size of struct " #type)

RS_ASSERT_SIZE(rs_header, 32);
RS_ASSERT_SIZE(rs_task, 32);
RS_ASSERT_SIZE(rs_fork, 88);
RS_ASSERT_SIZE(rs_exec, 72);
RS_ASSERT_SIZE(rs_exec2, 88);
RS_ASSERT_SIZE(rs_exit, 80);
RS_ASSERT_SIZE(rs_open, 88);
RS_ASSERT_SIZE(rs_conn, 40);
RS_ASSERT_SIZE(rs_tcp, 120);
RS_ASSERT_SIZE(rs_packet, 88);
RS_ASSERT_SIZE(rs_syscall, 80);
RS_ASSERT_SIZE(rs_load, 48);
RS_ASSERT_SIZE(rs_tick, 40);
RS_ASSERT_SIZE(rs_fates, 80);
RS_ASSERT_SIZE(rs_row, 20672);
RS_ASSERT_SIZE(rs_control, 1416);
RS_ASSERT_SIZE(rs_filter, 32);
RS_ASSERT_SIZE(rs_plan, 80);
RS_ASSERT_SIZE(rs_conn_sum, 32);
RS_ASSERT_SIZE(rs_window_key, 16);
RS_ASSERT_SIZE(rs_window_sum, 16);
RS_ASSERT_SIZE(rs_heavy_key, 24);
RS_ASSERT_SIZE(rs_heavy, 16);
RS_ASSERT_SIZE(rs_sketch, 49216);
RS_ASSERT_SIZE(rs_wake, 64);

#endif
