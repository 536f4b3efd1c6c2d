/**
 * The record contract as offsets: packages/bpf/include/abi.h for readers in JavaScript. Every table here is proved
 * against the BPF object's BTF by a test; nothing else in the agent may hold an offset of its own.
 */

/** enum rs_limit. */
export const LIMITS = {
  slots: 8,
  types: 16,
  levels: 4,
  rows: 5,
  commBytes: 16,
  pathBytes: 512,
  scratchBytes: 1024,
} as const

export const ABI_VERSION = 1

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
    rs_row: { bytes: 10368, members: { seq: 0, lcg: 64, reserved: 72, fates: 128 } },
    rs_type_control: { bytes: 8, members: { enabled: 0, slot: 1, reserved: 2 } },
    rs_slot_control: { bytes: 16, members: { backpressure: 0, shed_above: 4, shed_below: 8, wake_bytes: 12 } },
    rs_control: {
      bytes: 776,
      members: { agent_pid: 0, agent_port: 4, paused: 6, type: 8, slot: 136, rate: 264 },
    },
    rs_wake: { bytes: 64, members: { asleep: 0, shedding: 4, reserved: 8 } },
  },
} as const satisfies { structs: Readonly<Record<string, StructTable>> }

/** Of the slots those that have names, from the first on: events are routed to no other. */
export const SLOTS_IN_USE = 3

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
  const { rs_fork, rs_exec, rs_exit, rs_open, rs_tcp, rs_packet, rs_syscall, rs_load, rs_tick } = ABI.structs
  const fixed = (struct: StructTable) => ({ min: struct.bytes, max: struct.bytes })
  const withPath = (struct: StructTable) => ({ min: struct.bytes, max: struct.bytes + LIMITS.pathBytes })
  const table = Array.from({ length: LIMITS.types }, () => ({ min: 0, max: 0 }))
  table[1] = fixed(rs_fork)
  table[2] = withPath(rs_exec)
  table[3] = fixed(rs_exit)
  table[4] = withPath(rs_open)
  table[5] = fixed(rs_tcp)
  table[6] = fixed(rs_packet)
  table[7] = fixed(rs_syscall)
  table[8] = { min: rs_load.bytes, max: LIMITS.scratchBytes }
  table[9] = fixed(rs_tick)
  return table
}
