/** [L4] per client: every row of every publication is sent, thinned, skipped or on its way, whatever the client does. */
import { FRAME_MAX_BYTES, PREFIX_BYTES } from '@ringside/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Publication } from '../../src/ingest/messages.ts'
import { BUFFERED_MAX_BYTES, Client, CREDIT, clientLaw, UNSKIPPABLE_MAX_BYTES } from '../../src/serve/client.ts'
import { FakeSocket } from './fake-socket.ts'

function publication(rows: number, thinned = 0, bytes = PREFIX_BYTES + rows): Publication {
  const frame = new ArrayBuffer(bytes)
  return { demand: 1, frame, rows, matched: rows + thinned, thinned, withheld: 0, gaps: [] }
}

function thinnedAway(rows: number): Publication {
  return { demand: 1, frame: null, rows: 0, matched: rows, thinned: rows, withheld: 0, gaps: [] }
}

function connect(): { client: Client; socket: FakeSocket } {
  const socket = new FakeSocket()
  const client = new Client(3, socket)
  client.ask(1, 1)
  client.begin(1)
  return { client, socket }
}

function stampOf(frame: Uint8Array | undefined) {
  const view = new DataView(Uint8Array.from(frame ?? []).buffer)
  return { number: view.getUint32(8, true), subscription: view.getUint32(12, true), skipped: view.getFloat64(16, true) }
}

describe('a client that keeps up', () => {
  it('gets every batch whole, numbered from 1', () => {
    const { client, socket } = connect()
    for (let frame = 1; frame <= 3; frame += 1) {
      client.offer(publication(10))
      client.acknowledge(frame)
    }
    expect(socket.frames.map((frame) => stampOf(frame).number)).toEqual([1, 2, 3])
    expect(socket.frames.map((frame) => frame.length)).toEqual(Array(3).fill(PREFIX_BYTES + 10))
  })

  it('shares the batch with others, but not their stamp', () => {
    const shared = publication(5)
    const [one, two] = [connect(), connect()]
    one.client.offer(publication(5))
    one.client.offer(shared)
    two.client.offer(shared)
    expect(stampOf(one.socket.frames[1]).number).toBe(2)
    expect(stampOf(two.socket.frames[0]).number).toBe(1)
  })

  it('counts rows as queued until they have left the process', () => {
    const { client, socket } = connect()
    client.offer(publication(10))
    expect(client.account()).toMatchObject({ matched: 10, queued: 10, sent: 0 })
    socket.flush()
    expect(client.account()).toMatchObject({ matched: 10, queued: 0, sent: 10, framesSent: 1 })
  })

  it('is told to which of its subscriptions a batch belongs', () => {
    const { client, socket } = connect()
    client.offer(publication(1))
    client.ask(2, 2)
    client.ask(3, 3)
    expect([client.begin(2), client.demand]).toEqual([null, 1])
    client.offer(publication(1))
    expect([client.begin(3), client.demand]).toEqual([1, 3])
    client.offer(publication(1))
    expect(socket.frames.map((frame) => stampOf(frame).subscription)).toEqual([1, 1, 3])
  })

  it('that thins its rows by choice has them counted, with no frame at all', () => {
    const { client, socket } = connect()
    client.offer(thinnedAway(50))
    expect(client.account()).toMatchObject({ matched: 50, thinned: 50, framesSent: 0 })
    expect(socket.frames).toEqual([])
  })
})

describe('a client that does not keep up', () => {
  it('gets as many batches as it has credit without an acknowledgement; the others are skipped and counted', () => {
    const { client, socket } = connect()
    for (let turn = 0; turn < CREDIT + 12; turn += 1) client.offer(publication(10))
    socket.flush()
    expect(socket.frames).toHaveLength(CREDIT)
    expect(client.account()).toMatchObject({
      matched: CREDIT * 10 + 120,
      sent: CREDIT * 10,
      skipped: 120,
      framesSkipped: 12,
    })
  })

  it('sees in the next number and in its stamp what was skipped', () => {
    const { client, socket } = connect()
    for (let turn = 0; turn < CREDIT + 2; turn += 1) client.offer(publication(10))
    client.acknowledge(CREDIT)
    client.offer(publication(10))
    expect(stampOf(socket.frames.at(-1))).toEqual({ number: CREDIT + 3, subscription: 1, skipped: 20 })
  })

  it('[WSX-1] is sent nothing beyond 1 MiB that has not left the process', () => {
    const { client, socket } = connect()
    for (let turn = 0; turn < 5; turn += 1) client.offer(publication(1, 0, 400_000))
    expect(socket.bufferedAmount).toBeLessThanOrEqual(BUFFERED_MAX_BYTES)
    expect(client.account()).toMatchObject({ queued: 2, skipped: 3 })
  })

  it('[CR2] is not sent a frame beyond 1 MiB, though nothing waits before it', () => {
    const { client, socket } = connect()
    client.offer(publication(9, 0, BUFFERED_MAX_BYTES + 1))
    expect(socket.frames).toEqual([])
    expect(client.account()).toMatchObject({ skipped: 9, framesSkipped: 1, queued: 0 })
    client.offer(publication(9, 0, FRAME_MAX_BYTES))
    expect(socket.frames).toHaveLength(1)
  })

  it('[WSX-1] is stuck after 10 s without room, not before, and not when there was some', () => {
    const { client, socket } = connect()
    for (let turn = 0; turn < 5; turn += 1) client.offer(publication(1, 0, 400_000))
    const now = performance.now()
    expect(client.isStuck(now + 9_000)).toBe(false)
    expect(client.isStuck(now + 10_500)).toBe(true)
    socket.flush()
    expect(client.isStuck(now + 10_500)).toBe(false)
  })

  it('[WSX-1] is not stuck as long as it acknowledges: it is slow, and is spared frames', () => {
    const { client } = connect()
    for (let turn = 0; turn < 5; turn += 1) client.offer(publication(1, 0, 400_000))
    const late = performance.now() + 10_500
    expect(client.isStuck(late)).toBe(true)
    client.acknowledge(1)
    expect(client.isStuck(late)).toBe(false)
    client.offer(publication(1, 0, 400_000))
    expect(client.isStuck(late)).toBe(true)
  })

  it('[WSX-1] is stuck too when what fills its socket are answers to its pings', () => {
    const { client, socket } = connect()
    socket.bufferedAmount = 2 * BUFFERED_MAX_BYTES
    expect(client.isStuck(0)).toBe(false)
    expect(client.isStuck(10_500)).toBe(true)
  })

  it('[CR4] gets its answers, however full its socket is', () => {
    const { client, socket } = connect()
    for (let turn = 0; turn < 5; turn += 1) client.offer(publication(1, 0, 500_000))
    for (let id = 1; id <= 100; id += 1) client.say({ type: 'reply', id, ok: true, revision: 1, error: null })
    expect(socket.texts).toHaveLength(100)
    expect(socket.terminated).toBe(false)
  })

  it('[CR4] is cut off when answers that it never reads would take more than their room', () => {
    const { client, socket } = connect()
    const hint = 'x'.repeat(1000)
    const answer = (id: number) =>
      client.say({ type: 'reply', id, ok: false, revision: 1, error: { code: 'c', message: '', hint } })
    for (let id = 1; id <= 200; id += 1) answer(id)
    socket.flush()
    for (let id = 1; id <= 200; id += 1) answer(id)
    expect(socket.terminated).toBe(false)
    for (let id = 1; id <= 200; id += 1) answer(id)
    expect(socket.terminated).toBe(true)
    expect(socket.bufferedAmount).toBeLessThanOrEqual(UNSKIPPABLE_MAX_BYTES)
  })

  it('[D9] gets the newest health when it can take one, none of those between, and every answer', () => {
    const { client, socket } = connect()
    for (const text of ['1', '2', '3']) client.sayLatest('health', () => text)
    client.say({ type: 'reply', id: 1, ok: true, revision: 1, error: null })
    client.say({ type: 'reply', id: 2, ok: true, revision: 1, error: null })
    socket.flush()
    expect(socket.texts[0]).toBe('1')
    expect(socket.texts.slice(1, 3).map((text) => JSON.parse(text).id)).toEqual([1, 2])
    expect(socket.texts[3]).toBe('3')
  })
})

/** What became of every frame by the rules alone: kept apart from the client, which keeps sums. */
class Fates {
  readonly frames: { rows: number; number: number; fate: 'waits' | 'left' | 'skipped'; isTaken: boolean }[] = []
  matched = 0
  thinned = 0
  #waitingBytes = 0
  #isOpen = true

  /** [CR2] */
  offer(rows: number, bytes: number): void {
    const outstanding = this.frames.filter(({ fate, isTaken }) => fate !== 'skipped' && !isTaken).length
    const hasRoom = this.#isOpen && outstanding < 32 && this.#waitingBytes + bytes <= 1024 * 1024
    if (hasRoom) this.#waitingBytes += bytes
    this.frames.push({ rows, number: this.frames.length + 1, fate: hasRoom ? 'waits' : 'skipped', isTaken: false })
  }

  /** [CR1] */
  take(upTo: number): void {
    for (const frame of this.frames) if (frame.number <= upTo) frame.isTaken = true
  }

  end(fate: 'left' | 'skipped'): void {
    if (fate === 'skipped') this.#isOpen = false
    this.#waitingBytes = 0
    for (const frame of this.frames) if (frame.fate === 'waits') frame.fate = fate
  }

  rowsOf(fate: 'waits' | 'left' | 'skipped'): number {
    return this.frames.reduce((sum, frame) => sum + (frame.fate === fate ? frame.rows : 0), 0)
  }

  account() {
    const counted = (fate: string) => this.frames.filter((frame) => frame.fate === fate).length
    return {
      ...{ matched: this.matched, thinned: this.thinned },
      ...{ sent: this.rowsOf('left'), skipped: this.rowsOf('skipped'), queued: this.rowsOf('waits') },
      ...{ framesSent: counted('left'), framesSkipped: counted('skipped') },
    }
  }
}

it('[L4][CR2][CR3] the account is what became of every frame, for any sequence of what can happen: 4,000 runs', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ rows: fc.nat(1000), thinned: fc.nat(1000), bytes: fc.nat(600_000) }) },
    { weight: 2, arbitrary: fc.record({ thinned: fc.nat(1000) }) },
    { weight: 4, arbitrary: fc.record({ ack: fc.nat(50) }) },
    { weight: 3, arbitrary: fc.constant('flush' as const) },
    { weight: 1, arbitrary: fc.constant('break' as const) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { client, socket } = connect()
      const fates = new Fates()
      for (const one of steps) {
        if (one === 'flush') {
          socket.flush()
          fates.end('left')
        } else if (one === 'break') {
          socket.break()
          fates.end('skipped')
        } else if ('ack' in one) {
          client.acknowledge(one.ack)
          fates.take(one.ack)
        } else {
          fates.matched += one.thinned + ('rows' in one ? one.rows : 0)
          fates.thinned += one.thinned
          if ('rows' in one) {
            client.offer(publication(one.rows, one.thinned, PREFIX_BYTES + one.bytes))
            fates.offer(one.rows, PREFIX_BYTES + one.bytes)
          } else client.offer(thinnedAway(one.thinned))
        }
        expect(client.account()).toMatchObject(fates.account())
        expect(clientLaw(client.account())).toMatchObject({ difference: 0, verdict: 'exact' })
      }
      const reached = fates.frames.filter(({ fate }) => fate !== 'skipped').map(({ number }) => number)
      const told = socket.frames.map((frame) => stampOf(frame).number)
      expect(told).toEqual(expect.arrayContaining(reached))
    }),
    { numRuns: 4_000 },
  )
}, 60_000)

it('[L4] a row that is in no part of the account is a violation', () => {
  const account = { ...connect().client.account(), matched: 9, sent: 5, thinned: 1, skipped: 1, queued: 1 }
  expect(clientLaw(account)).toMatchObject({ difference: 1, verdict: 'violated', left: 9, right: 8 })
})
