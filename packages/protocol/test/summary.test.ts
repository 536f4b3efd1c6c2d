/** What a row says in one line, and its fields in the detail pane. */
import { describe, expect, it } from 'vitest'
import { decodeBatch } from '../src/batch-decode.ts'
import { matchesRow } from '../src/batch-filter.ts'
import { EVENTS, TASK_COMPAT, TASK_TRUNCATED, TASK_UNREADABLE } from '../src/events.ts'
import { compileFilter } from '../src/filter.ts'
import { showField, summaryOf } from '../src/summary.ts'
import { ascii, connOf, encode, type FieldValue, type Row, rowOf } from './rows.ts'

function batchOf(row: Row) {
  const batch = decodeBatch(encode([row]))
  if (!batch.ok) throw new Error(batch.message)
  return batch
}

const row = (type: keyof typeof EVENTS, fields: FieldValue[], flags = 0): Row =>
  rowOf({ type: EVENTS[type].number, fields, flags })
const open = (result: number, path: string, flags = 0): Row =>
  row('open', [result, -100, 0, 0, 257, ascii(path)], flags)
const https = { local: [10, 0, 0, 7], localPort: 443, remote: [10, 0, 3, 18], remotePort: 51_544 }
const v6 = { local: [0xfe, 0x80, ...new Array<number>(13).fill(0), 1], remote: [...new Array<number>(15).fill(0), 1] }

describe('summary', () => {
  it.each<[string, Row, string]>([
    ['a fork', row('fork', [4242, 4242, ascii('make')]), '→ 4242 make'],
    ['an exec', row('exec', [11, ascii('/usr/bin/env'), 0, 0]), '/usr/bin/env'],
    ['an exit', row('exit', [2, 0, 1_250_000]), 'status 2 after 1.25 ms'],
    ['a kill', row('exit', [0, 9, 75e9]), 'SIGKILL after 1 min 15 s'],
    ['a crash', row('exit', [0, 0x8b, 5e9]), 'SIGSEGV (core dumped) after 5 s'],
    ['an open', open(3, '/etc/passwd'), '/etc/passwd → 3'],
    ['a failed open', open(-2, '/nope'), '/nope → ENOENT'],
    ['a cut path', open(3, '/very/long', TASK_TRUNCATED), '/very/long… → 3'],
    ['a path not read', open(-14, '', TASK_UNREADABLE), '(path not readable) → EFAULT'],
    [
      'a connection taken',
      row('tcp', [connOf({ ...https, direction: 1 }), 1, 3, 1]),
      '10.0.0.7:443 ← 10.0.3.18:51544 ESTABLISHED',
    ],
    ['a connection made', row('tcp', [connOf(https), 1, 7, 2]), '10.0.0.7:443 → 10.0.3.18:51544 SYN_SENT'],
    [
      'a packet',
      row('packet', [connOf({ ...https, tcpFlags: 0x12 }), 1500, 2, 1]),
      'out TCP 10.0.0.7:443 → 10.0.3.18:51544 1,500 B SYN,ACK',
    ],
    [
      'an IPv6 datagram in segments',
      row('packet', [connOf({ ...v6, family: 6, protocol: 17, localPort: 53, direction: 1 }), 3000, 2, 3]),
      'in UDP [fe80::1]:53 → [::1]:0 3,000 B in 3 segments',
    ],
    ['a ping', row('packet', [connOf({ protocol: 1 }), 84, 1, 1]), 'out ICMP 127.0.0.1 → 127.0.0.1 84 B'],
    ['a system call', row('syscall', [1, 110]), 'getppid() = 1'],
    ['a failed one', row('syscall', [-11, 0]), 'read() = EAGAIN'],
    ['an address', row('syscall', [0x7f00_0000_1000, 9]), 'mmap() = 0x7f0000001000'],
    ['a 32-bit call', row('syscall', [1, 64], TASK_COMPAT), 'getppid() = 1'],
    ['an unknown call', row('syscall', [0, 9999]), 'sys_9999() = 0'],
    ['a generated record', row('load', [12, 64]), '#12, 64 B'],
    ['a tick', row('tick', [7]), '#7'],
  ])('%s', (_, row, expected) => {
    expect(summaryOf(batchOf(row), 0)).toBe(expected)
  })

  it('[COL5] a type that is newer than the reader is still a row', () => {
    const batch = batchOf(row('tick', [7]))
    batch.type[0] = 12
    expect(summaryOf(batch, 0)).toBe('event type 12')
    expect(showField(batch, 0, 0)).toBe('')
  })

  it('fields are shown by the way that the vocabulary gives', () => {
    const batch = batchOf(row('open', [-13, -100, 0o2001101, 0o644, 257, ascii('/x')]))
    expect(EVENTS.open.fields.map((field, index) => [field.label, showField(batch, 0, index)])).toEqual([
      ['result', 'EACCES'],
      ['directory', 'AT_FDCWD'],
      ['flags', 'O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC'],
      ['mode', '0644'],
      ['system call', 'openat'],
      ['path', '/x'],
    ])
  })

  it('[VERS1] a field that the record is too old to have is a dash, and is not searched', () => {
    const fields = [11, ascii('/bin/sh'), 0, 0]
    const [old, later] = [1, 2].map((version) => batchOf(rowOf({ type: EVENTS.exec.number, version, fields, pid: 7 })))
    const shown = (batch = old) => [0, 1, 2, 3].map((index) => (batch ? showField(batch, 0, index) : ''))
    expect(shown(old)).toEqual(['11', '/bin/sh', '–', '–'])
    expect(shown(later)).toEqual(['11', '/bin/sh', '0', 'none'])
    const zero = compileFilter({ types: [], slots: [], text: '0' })
    expect([old, later].map((batch) => batch && matchesRow(zero, batch, 0))).toEqual([false, true])
  })

  it('connections, states and signals are shown as fields too', () => {
    const tcp = batchOf(row('tcp', [connOf(https), 5, 1, 99]))
    expect([0, 1, 2, 3].map((index) => showField(tcp, 0, index))).toEqual([
      '10.0.0.7:443 → 10.0.3.18:51544',
      '5',
      'ESTABLISHED',
      'state 99',
    ])
    const exit = batchOf(row('exit', [0, 0, 1500]))
    expect([0, 1, 2].map((index) => showField(exit, 0, index))).toEqual(['0', 'none', '1.5 µs'])
  })
})
