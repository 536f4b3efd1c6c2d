import {
  BatchEncoder,
  decodeBatch,
  EVENT_TYPES,
  type EventType,
  fieldConn,
  fieldInt,
  fieldText,
} from '@ringside/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeRow } from '../../src/ingest/decode.ts'
import { ABI } from '../../src/source/abi.ts'
import { chunkOf } from './chunk.ts'

const { rs_task, rs_fork, rs_exec, rs_exec2, rs_exit, rs_open, rs_conn, rs_packet, rs_syscall, rs_load, rs_tcp } =
  ABI.structs
const ZERO = { hi: 0, lo: 0 }

interface Setting {
  length?: number
  version?: number
  fill?: (view: DataView, at: number) => void
}

/** One record through decoder and wire: its only row. */
function rowOf(type: EventType, { length, version, fill }: Setting = {}) {
  const { u8, words } = chunkOf([
    {
      type: EVENT_TYPES[type],
      slot: 1,
      cpu: 3,
      level: 2,
      seq: 41,
      timeNs: 9e9,
      ...(length === undefined ? {} : { length }),
      ...(version === undefined ? {} : { version }),
      ...(fill === undefined ? {} : { fill }),
    },
  ])
  const encoder = new BatchEncoder()
  decodeRow(encoder, { u8, words }, 2, 0, ZERO, true)
  const meta = { fromNs: 0, toNs: 1e10, matched: 1, thinned: 0, recordBytes: 0, late: 0, lateNs: 0 }
  const batch = decodeBatch(encoder.finish(meta))
  if (!batch.ok) throw new Error(batch.message)
  return batch
}

function text(view: DataView, at: number, value: string): void {
  for (let i = 0; i < value.length; i += 1) view.setUint8(at + i, value.charCodeAt(i))
}

function fields(batch: ReturnType<typeof rowOf>, count: number): number[] {
  return Array.from({ length: count }, (_, field) => fieldInt(batch, 0, field))
}

test('the header of a record becomes the columns of its row', () => {
  const batch = rowOf('tick')
  expect([batch.type[0], batch.slot[0], batch.cpu[0], batch.level[0], batch.seq[0], batch.timeNs[0]]).toEqual([
    9, 1, 3, 2, 41, 9e9,
  ])
})

test('a row carries the whole record when it is asked for', () => {
  expect(rowOf('tick').bytes?.length).toBe(ABI.structs.rs_tick.bytes)
})

test('the process and its name', () => {
  const batch = rowOf('syscall', {
    fill: (view, at) => {
      view.setUint32(at + rs_fork.members.task + rs_task.members.pid, 4200, true)
      view.setUint32(at + rs_fork.members.task + rs_task.members.tid, 4201, true)
      view.setUint32(at + rs_fork.members.task + rs_task.members.uid, 33, true)
      text(view, at + rs_fork.members.task + rs_task.members.comm, 'sixteen-bytes-ok')
      view.setBigInt64(at + rs_syscall.members.result, -11n, true)
      view.setUint32(at + rs_syscall.members.nr, 232, true)
    },
  })
  expect([batch.pid[0], batch.tid[0], batch.uid[0]]).toEqual([4200, 4201, 33])
  expect(batch.strings[batch.comm[0] as number]).toBe('sixteen-bytes-ok')
  expect(fields(batch, 2)).toEqual([-11, 232])
})

test('fork', () => {
  const batch = rowOf('fork', {
    fill: (view, at) => {
      view.setUint32(at + rs_fork.members.child_pid, 7, true)
      view.setUint32(at + rs_fork.members.child_tid, 8, true)
      text(view, at + rs_fork.members.child_comm, 'bash')
    },
  })
  expect(fields(batch, 2)).toEqual([7, 8])
  expect(fieldText(batch, 0, 2)).toBe('bash')
})

test('exec', () => {
  const batch = rowOf('exec', {
    length: 72 + 8,
    fill: (view, at) => {
      view.setUint32(at + rs_exec.members.old_pid, 11, true)
      view.setUint16(at + rs_exec.members.path_len, 7, true)
      view.setUint16(at + rs_exec.members.path_off, 72, true)
      text(view, at + 72, '/bin/ls!')
    },
  })
  expect(fields(batch, 1)).toEqual([11])
  expect(fieldText(batch, 0, 1)).toBe('/bin/ls')
  expect([batch.version[0], fieldInt(batch, 0, 2), fieldInt(batch, 0, 3)]).toEqual([1, 0, 0])
})

test('exec, version 2: who started it, and its control group', () => {
  const batch = rowOf('exec', {
    version: 2,
    length: 88 + 8,
    fill: (view, at) => {
      view.setUint32(at + rs_exec2.members.old_pid, 11, true)
      view.setUint16(at + rs_exec2.members.path_len, 7, true)
      view.setUint16(at + rs_exec2.members.path_off, 88, true)
      view.setUint32(at + rs_exec2.members.parent_pid, 5, true)
      view.setBigUint64(at + rs_exec2.members.cgroup, 2n ** 40n + 9n, true)
      text(view, at + 88, '/bin/ls!')
    },
  })
  expect(fieldText(batch, 0, 1)).toBe('/bin/ls')
  expect([batch.version[0], fieldInt(batch, 0, 2), fieldInt(batch, 0, 3)]).toEqual([2, 5, 2 ** 40 + 9])
})

test('exit: the lifetime is the time since the start', () => {
  const batch = rowOf('exit', {
    fill: (view, at) => {
      view.setUint32(at + rs_exit.members.code, 1, true)
      view.setUint32(at + rs_exit.members.signal, 139, true)
      view.setBigUint64(at + rs_exit.members.start_time, 2_000_000_001n, true)
    },
  })
  expect(fields(batch, 3)).toEqual([1, 139, 6_999_999_999])
})

test('open', () => {
  const batch = rowOf('open', {
    length: 88 + 10,
    fill: (view, at) => {
      view.setBigInt64(at + rs_open.members.result, 5n, true)
      view.setInt32(at + rs_open.members.dirfd, -100, true)
      view.setUint32(at + rs_open.members.flags, 0o2000000, true)
      view.setUint32(at + rs_open.members.mode, 0o644, true)
      view.setUint16(at + rs_open.members.nr, 257, true)
      view.setUint16(at + rs_open.members.path_len, 10, true)
      text(view, at + rs_open.members.path, '/etc/hosts')
    },
  })
  expect(fields(batch, 5)).toEqual([5, -100, 0o2000000, 0o644, 257])
  expect(fieldText(batch, 0, 5)).toBe('/etc/hosts')
})

test('packet', () => {
  const batch = rowOf('packet', {
    fill: (view, at) => {
      const conn = at + rs_packet.members.conn
      view.setUint8(conn + rs_conn.members.family, 4)
      view.setUint8(conn + rs_conn.members.daddr, 127)
      view.setUint16(conn + rs_conn.members.dport, 443, true)
      view.setUint32(at + rs_packet.members.length, 1500, true)
      view.setUint32(at + rs_packet.members.ifindex, 2, true)
      view.setUint16(at + rs_packet.members.segments, 3, true)
    },
  })
  expect(fieldConn(batch, 0, 0)).toMatchObject({ remoteAddress: '127.0.0.0', remotePort: 443 })
  expect([fieldInt(batch, 0, 1), fieldInt(batch, 0, 2), fieldInt(batch, 0, 3)]).toEqual([1500, 2, 3])
})

test('tcp', () => {
  const batch = rowOf('tcp', {
    fill: (view, at) => {
      view.setUint8(at + rs_tcp.members.old_state, 2)
      view.setUint8(at + rs_tcp.members.new_state, 1)
    },
  })
  expect([fieldInt(batch, 0, 2), fieldInt(batch, 0, 3)]).toEqual([2, 1])
})

test('load', () => {
  const batch = rowOf('load', {
    fill: (view, at) => view.setBigUint64(at + rs_load.members.id, 2n ** 40n + 3n, true),
  })
  expect(fields(batch, 1)).toEqual([2 ** 40 + 3])
})

test('[RNG-8] any 64-bit result becomes an integer that a double holds', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (result) => {
      const batch = rowOf('syscall', {
        fill: (view, at) => view.setBigInt64(at + rs_syscall.members.result, result, true),
      })
      const exact = BigInt.asIntN(64, result)
      const most = BigInt(Number.MAX_SAFE_INTEGER)
      const bounded = exact > most ? most : exact < -most ? -most : exact
      expect(BigInt(fieldInt(batch, 0, 0))).toBe(bounded)
    }),
  )
})
