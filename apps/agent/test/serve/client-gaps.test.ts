/** [CR6] What a client is told of losses and of withheld rows, when the frames that would have told it are not sent. */
import { BatchEncoder, decodeBatch, EVENT_TYPES, type Gap, RATE_ALL, type SlotGap } from '@ringside/protocol'
import { expect, it } from 'vitest'
import type { Publication } from '../../src/ingest/messages.ts'
import { Client, CREDIT } from '../../src/serve/client.ts'
import { FakeSocket } from './fake-socket.ts'

const DEBUG = 2

function gap(lost: number, change: Partial<SlotGap> = {}): SlotGap {
  return { slot: DEBUG, lost, holes: 1, fromNs: 100, toNs: 200, cpus: [0], streams: [], ...change }
}

/** A frame of one row, and these gaps behind it. */
function publication(gaps: SlotGap[] = [], change: Partial<Publication> = {}): Publication {
  const encoder = new BatchEncoder()
  encoder.row(EVENT_TYPES.tick, DEBUG, 0, 0, 1, 50, RATE_ALL, 1)
  encoder.int(1)
  encoder.end()
  for (const one of gaps) encoder.gap(one)
  const frame = encoder.finish({ fromNs: 0, toNs: 300, matched: 1, thinned: 0, recordBytes: 40, late: 0, lateNs: 0 })
  return { demand: 1, frame, rows: 1, matched: 1, thinned: 0, withheld: 0, gaps, ...change }
}

class Connection {
  readonly socket = new FakeSocket()
  readonly client = new Client(1, this.socket)

  constructor() {
    this.client.ask(1, 1)
    this.client.begin(1)
  }

  offer(...publications: Publication[]): void {
    for (const publication of publications) this.client.offer(publication)
  }

  get batches() {
    return this.socket.frames.map((frame) => {
      const batch = decodeBatch(Uint8Array.from(frame).buffer)
      if (!batch.ok) throw new Error(batch.message)
      return batch
    })
  }

  get lost(): number {
    return this.batches.flatMap(({ gaps }) => gaps).reduce((sum, { lost }) => sum + lost, 0)
  }
}

function times(count: number, make: () => Publication): Publication[] {
  return Array.from({ length: count }, make)
}

it('[CR6] the gaps of a skipped frame stand before the first row of the next frame that is sent', () => {
  const connection = new Connection()
  connection.offer(...times(CREDIT, publication), publication([gap(1204)]))
  connection.client.acknowledge(1)
  connection.offer(publication([gap(7)]))
  const batch = connection.batches.at(-1)
  expect(batch).toMatchObject({ number: CREDIT + 2, skipped: 1, rows: 1 })
  expect(batch?.gaps).toEqual<Gap[]>([
    { row: 0, ...gap(1204) },
    { row: 1, ...gap(7) },
  ])
  expect(connection.lost).toBe(1211)
})

it('[CR6] they are told once, and only to the client that was not sent the frame', () => {
  const [slow, quick] = [new Connection(), new Connection()]
  slow.offer(...times(CREDIT, publication))
  const shared = [publication([gap(1204)]), publication(), publication()] as const
  for (const one of shared) {
    slow.offer(one)
    quick.offer(one)
    slow.client.acknowledge(2)
  }
  expect([slow.lost, quick.lost]).toEqual([1204, 1204])
  expect(slow.batches.map(({ gaps }) => gaps.length)).toEqual([...Array(CREDIT).fill(0), 1, 0])
})

it('[CR6] they do not wait for rows when the client has taken in all that it was sent', () => {
  const connection = new Connection()
  connection.offer(...times(CREDIT, publication), publication([gap(1204)]))
  connection.client.acknowledge(CREDIT - 1)
  expect(connection.batches).toHaveLength(CREDIT)
  connection.client.acknowledge(CREDIT)
  expect(connection.batches.at(-1)).toMatchObject({
    number: CREDIT + 2,
    rows: 0,
    matched: 0,
    gaps: [{ row: 0, lost: 1204 }],
  })
  connection.client.acknowledge(CREDIT + 2)
  expect(connection.batches).toHaveLength(CREDIT + 1)
})

it('[CR6] however many frames are skipped, what waits is one gap per slot', () => {
  const connection = new Connection()
  connection.offer(...times(CREDIT, publication))
  for (let turn = 0; turn < 1000; turn += 1) {
    connection.offer(publication([gap(3, { fromNs: turn, toNs: turn + 1, cpus: [turn % 4] }), gap(1, { slot: 1 })]))
  }
  connection.client.acknowledge(1)
  connection.offer(publication())
  expect(connection.batches.at(-1)?.gaps).toEqual([
    { row: 0, slot: DEBUG, lost: 3000, holes: 1000, fromNs: 0, toNs: 1000, cpus: [0, 1, 2, 3], streams: [] },
    { row: 0, slot: 1, lost: 1000, holes: 1000, fromNs: 100, toNs: 200, cpus: [0], streams: [] },
  ])
})

it('[CR6] a client that acknowledges one by one under lasting loss still gets rows, and hears of all that was lost', () => {
  const connection = new Connection()
  for (let turn = 1; turn <= 100; turn += 1) {
    connection.offer(publication([gap(10)]), publication([gap(10)]))
    const oldest = connection.batches[turn - 1]?.number ?? 0
    connection.client.acknowledge(oldest)
  }
  expect(connection.batches.every(({ rows }) => rows === 1)).toBe(true)
  connection.client.acknowledge(200)
  expect(connection.lost).toBe(2000)
})

it('[GAP1] gaps that no frame could tell, for want of credit between the threads, come with the next one', () => {
  const connection = new Connection()
  connection.offer(publication([gap(9)], { frame: null, rows: 0, matched: 0 }), publication())
  expect(connection.batches).toMatchObject([{ number: 1, rows: 1, gaps: [{ row: 0, lost: 9 }] }])
})

it('[FR1] what was withheld is counted from the subscription on, and stamped into each frame', () => {
  const connection = new Connection()
  connection.offer(publication(), publication([], { withheld: 30 }))
  connection.offer(publication([], { frame: null, rows: 0, matched: 0, withheld: 5 }), publication())
  expect(connection.batches.map(({ withheld }) => withheld)).toEqual([0, 30, 35])
  expect(connection.client.account()).toMatchObject({ withheld: 35, matched: 3 })
})
