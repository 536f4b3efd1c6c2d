/** Batches for tests, made as the agent makes them: encoded and decoded. */
import {
  type Batch,
  BatchEncoder,
  CONN_BYTES,
  decodeBatch,
  EVENT_TYPES,
  RATE_ALL,
  stampFrame,
} from '@ringside/protocol'

export interface Row {
  timeNs?: number
  type?: 'syscall' | 'tick' | 'tcp'
  pid?: number
  uid?: number
  comm?: string
  rate?: number
  /** Of a TCP change: from, to. */
  states?: readonly [number, number]
}

export interface Meta {
  matched?: number
  late?: number
  lateNs?: number
  subscription?: number
}

export function makeFrame(rows: readonly Row[], meta: Meta = {}): ArrayBuffer {
  const encoder = new BatchEncoder()
  rows.forEach((row, i) => {
    const type = row.type ?? 'syscall'
    encoder.row(EVENT_TYPES[type], 2, 0, 0, i + 1, row.timeNs ?? i * 1_000, row.rate ?? RATE_ALL, 1)
    if (type !== 'tick') {
      const comm = new TextEncoder().encode(row.comm ?? 'bash')
      encoder.task(row.pid ?? 100, row.pid ?? 100, row.uid ?? 0, 0, comm, 0, comm.length)
      if (type === 'tcp') {
        encoder.conn(new Uint8Array(CONN_BYTES), 0)
        encoder.int(1)
      }
      const [first, second] = row.states ?? [0, 1]
      encoder.int(first)
      encoder.int(second)
    } else encoder.int(i)
    encoder.end()
  })
  const { matched = rows.length, late = 0, lateNs = 0, subscription = 1 } = meta
  const frame = encoder.finish({
    fromNs: 0,
    toNs: 1e6,
    matched,
    thinned: 0,
    recordBytes: rows.length * 88,
    late,
    lateNs,
  })
  stampFrame(frame, { number: 1, subscription, skipped: 0, withheld: 0 })
  return frame
}

export function makeBatch(rows: readonly Row[], meta: Meta = {}): Batch {
  const batch = decodeBatch(makeFrame(rows, meta))
  if (!batch.ok) throw new Error(batch.message)
  return batch
}
