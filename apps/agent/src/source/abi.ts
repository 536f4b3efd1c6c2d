/**
 * The record contract as offsets: packages/bpf/include/abi.h for readers in JavaScript. Every table here is proved
 * against the BPF object's BTF by a test; nothing else in the agent may hold an offset of its own.
 */

/** enum rs_limit. */
export const LIMITS = {
  slots: 16,
  types: 16,
  levels: 4,
  rows: 5,
  commBytes: 16,
  pathBytes: 512,
  scratchBytes: 1024,
  filters: 8,
  kinds: 3,
  sketchRows: 4,
  sketchCells: 1024,
  heavyShare: 512,
  windowMs: 100,
} as const

export const ABI_VERSION = 1

/** By event type number: how many versions of its record there are; the newest is the last. */
export const RECORD_VERSIONS: readonly number[] = Array.from({ length: LIMITS.types }, (_, type) =>
  type === 2 ? 2 : 1,
)

/** enum rs_mode. */
export const MODE = { events: 0, aggregate: 1, both: 2 } as const

/** enum rs_filter_field. */
export const FILTER_FIELD = { pid: 1, uid: 2, comm: 3, cgroup: 4, type: 5 } as const

/** enum rs_table. */
export const TABLE = { connections: 0, windows: 1, heavy: 2 } as const

/** enum rs_kind. */
export const KIND = { process: 0, syscall: 1, remote: 2 } as const

/** enum rs_task_flag. */
export const TASK_FLAGS = { compat: 1, truncated: 2, unreadable: 4 } as const

/** enum rs_direction. */
export const DIRECTION = { out: 0, in: 1 } as const

interface StructTable {
  /** sizeof the struct, a flexible array member not included. */
  readonly bytes: number
  /** Member name → byte offset. */
  readonly members: Readonly<Record<string, number>>
}

/** Every struct of the contract, by its C name. */
export const ABI = {
  structs: {
    rs_header: {
      bytes: 32,
      members: { version: 0, type: 2, size: 4, cpu: 8, level: 10, slot: 11, rate: 12, seq: 16, time: 24 },
    },
    rs_task: { bytes: 32, members: { pid: 0, tid: 4, uid: 8, flags: 12, comm: 16 } },
    rs_fork: { bytes: 88, members: { h: 0, task: 32, child_pid: 64, child_tid: 68, child_comm: 72 } },
    rs_exec: { bytes: 72, members: { h: 0, task: 32, old_pid: 64, path_len: 68, path_off: 70, path: 72 } },
    rs_exec2: {
      bytes: 88,
      members: {
        h: 0,
        task: 32,
        old_pid: 64,
        path_len: 68,
        path_off: 70,
        parent_pid: 72,
        reserved: 76,
        cgroup: 80,
        path: 88,
      },
    },
    rs_exit: { bytes: 80, members: { h: 0, task: 32, code: 64, signal: 68, start_time: 72 } },
    rs_open: {
      bytes: 88,
      members: { h: 0, task: 32, result: 64, dirfd: 72, flags: 76, mode: 80, nr: 84, path_len: 86, path: 88 },
    },
    rs_conn: {
      bytes: 40,
      members: { saddr: 0, daddr: 16, sport: 32, dport: 34, family: 36, protocol: 37, direction: 38, tcp_flags: 39 },
    },
    rs_tcp: {
      bytes: 120,
      members: { h: 0, task: 32, conn: 64, socket: 104, old_state: 112, new_state: 113, reserved: 114 },
    },
    rs_packet: { bytes: 88, members: { h: 0, conn: 32, length: 72, ifindex: 76, segments: 80, reserved: 82 } },
    rs_syscall: { bytes: 80, members: { h: 0, task: 32, result: 64, nr: 72, reserved: 76 } },
    rs_load: { bytes: 48, members: { h: 0, id: 32, pad_len: 40, reserved: 44, pad: 48 } },
    rs_tick: { bytes: 40, members: { h: 0, id: 32 } },
    rs_fates: {
      bytes: 80,
      members: {
        seen: 0,
        filtered: 8,
        sampled: 16,
        shed: 24,
        aggregated: 32,
        dropped_full: 40,
        dropped_oversize: 48,
        dropped_no_reader: 56,
        dropped_other: 64,
        submitted: 72,
      },
    },
    rs_row: { bytes: 20672, members: { seq: 0, lcg: 128, untabled: 136, reserved: 160, fates: 192 } },
    rs_type_control: { bytes: 8, members: { enabled: 0, slot: 1, mode: 2, version: 3, reserved: 4 } },
    rs_slot_control: { bytes: 16, members: { backpressure: 0, shed_above: 4, shed_below: 8, wake_bytes: 12 } },
    rs_control: {
      bytes: 1416,
      members: { agent_pid: 0, agent_port: 4, paused: 6, type: 8, slot: 136, rate: 392 },
    },
    rs_filter: { bytes: 32, members: { field: 0, not: 1, level: 2, reserved: 3, value: 4, cgroup: 8, comm: 16 } },
    rs_plan: { bytes: 80, members: { filter_bank: 0, filters: 4, table_bank: 12, by_cpu: 16 } },
    rs_conn_sum: { bytes: 32, members: { packets: 0, bytes: 8, first: 16, last: 24 } },
    rs_window_key: { bytes: 16, members: { window: 0, type: 8, level: 12 } },
    rs_window_sum: { bytes: 16, members: { events: 0, bytes: 8 } },
    rs_heavy_key: { bytes: 24, members: { kind: 0, tag: 4, bytes: 8 } },
    rs_heavy: { bytes: 16, members: { comm: 0 } },
    rs_sketch: { bytes: 49216, members: { total: 0, reserved: 24, cell: 64 } },
    rs_wake: { bytes: 64, members: { asleep: 0, shedding: 4, reserved: 8 } },
  },
} as const satisfies { structs: Readonly<Record<string, StructTable>> }

/** Of the slots those that have names, from the first on: events are routed to no other. */
export const SLOTS_IN_USE = 9

/** Bytes of a row that are not 0 for ever. */
export const ROW_BYTES_IN_USE =
  ABI.structs.rs_row.members.fates + SLOTS_IN_USE * LIMITS.types * ABI.structs.rs_fates.bytes

/** The 8-byte header that the kernel puts before each record of a ring (include/uapi/linux/bpf.h, BPF_RINGBUF_*). */
export const RING_HEADER = { bytes: 8, busyBit: 0x8000_0000, discardBit: 0x4000_0000, lengthMask: 0x3fff_ffff } as const

/** Bytes that a record of `size` takes in a ring: its header, and rounded up to 8. */
export function ringBytes(size: number): number {
  return (size + RING_HEADER.bytes + 7) & ~7
}

/** By event type number: the smallest and largest size of a whole record; 0 where there is no such type. */
export const RECORD_BYTES: readonly { readonly min: number; readonly max: number }[] = recordBytes()

/** The largest and the smallest record that any program may output. */
export const LARGEST_RECORD_BYTES = LIMITS.scratchBytes
export const SMALLEST_RECORD_BYTES = ABI.structs.rs_tick.bytes

function recordBytes(): { min: number; max: number }[] {
  const { rs_fork, rs_exec, rs_exec2, rs_exit, rs_open, rs_tcp, rs_packet, rs_syscall, rs_load, rs_tick } = ABI.structs
  const fixed = (struct: StructTable) => ({ min: struct.bytes, max: struct.bytes })
  const withPath = (struct: StructTable) => ({ min: struct.bytes, max: struct.bytes + LIMITS.pathBytes })
  const table = Array.from({ length: LIMITS.types }, () => ({ min: 0, max: 0 }))
  table[1] = fixed(rs_fork)
  table[2] = { min: rs_exec.bytes, max: rs_exec2.bytes + LIMITS.pathBytes }
  table[3] = fixed(rs_exit)
  table[4] = withPath(rs_open)
  table[5] = fixed(rs_tcp)
  table[6] = fixed(rs_packet)
  table[7] = fixed(rs_syscall)
  table[8] = { min: rs_load.bytes, max: LIMITS.scratchBytes }
  table[9] = fixed(rs_tick)
  return table
}
