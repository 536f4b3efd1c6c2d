import { health as healthMessage } from '@ringside/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FillWatch } from '../../src/health/fill-watch.ts'
import type { Ledger } from '../../src/health/rows.ts'
import { Snapshots } from '../../src/health/snapshot.ts'
import { Sequence } from '../../src/ingest/sequence.ts'
import { LIMITS, SLOTS_IN_USE } from '../../src/source/abi.ts'
import type { RingState } from '../../src/source/source.ts'
import { copyOf, count, emptyLedger } from './ledgers.ts'

const CPUS = 2
const BUFFER: RingState = {
  ...{ parts: 2, capacityBytes: 8192, fullestBytes: 0, roomBytes: 4096, toldLost: null },
  ...{ producer: 0, consumer: 0, readable: false, busyHeads: [], faultyParts: 0, fault: false },
}

/** Slots and what is told of them, as rows are read one after the other. */
class Bench {
  readonly ledger = emptyLedger(CPUS)
  readonly fills = Array.from({ length: SLOTS_IN_USE }, () => new FillWatch())
  readonly #snapshots = new Snapshots('e1', CPUS)
  #last: Ledger = emptyLedger(CPUS)

  buffer(slot: number, state: RingState | null): void {
    this.fills[slot]?.sample(state, 0, () => 0)
  }

  take(after = copyOf(this.ledger)) {
    const before = this.#last
    this.#last = after
    const none = new Float64Array(LIMITS.slots * LIMITS.types)
    return this.#snapshots.take({
      accounts: {
        ...{ cpus: CPUS, before, after, consumed: none, decoded: none, malformed: none },
        ...{ sequence: new Sequence(CPUS), usedBytes: [], published: 0, withheld: 0, pending: 0 },
      },
      ...{ fills: this.fills, consumedBytes: new Float64Array(LIMITS.slots), missed: null, sleeping: false },
      ...{ timeMs: 5000, upMs: 1000 },
    })
  }
}

test('only slots with a buffer or with counts are told of, also after their buffer is gone', () => {
  const bench = new Bench()
  const shown = () => bench.take().slots.map(({ slot }) => slot)
  bench.buffer(0, BUFFER)
  expect(shown()).toEqual(['critical'])
  count(bench.ledger, CPUS, 7 * LIMITS.types + 7, 0, 'seen')
  count(bench.ledger, CPUS, 7 * LIMITS.types + 7, 0, 'dropped_no_reader')
  expect(shown()).toEqual(['critical', 'hot'])
  bench.buffer(0, null)
  expect(shown()).toEqual(['hot'])
})

test('health is what the protocol says, with the epoch of the agent [ACC-11]', () => {
  const bench = new Bench()
  bench.buffer(1, { ...BUFFER, toldLost: 5 })
  count(bench.ledger, CPUS, 1 * LIMITS.types + 4, 1, 'seen')
  count(bench.ledger, CPUS, 1 * LIMITS.types + 4, 1, 'dropped_full')
  const told = bench.take()
  expect(healthMessage.safeParse({ ...told, client: null, clients: 0 }).error).toBeUndefined()
  expect(told).toMatchObject({ epoch: 'e1', dropsElsewhere: 0, untabled: { connections: 0, windows: 0, heavy: 0 } })
  expect(told.slots[0]).toMatchObject({ parts: 2, largestFitBytes: 4076, toldLost: 5, blockedMs: 0, droppedBlocked: 0 })
})

test('[ACC-10] a counter that goes down is a violated law, and nothing in the message is negative', () => {
  const bench = new Bench()
  bench.buffer(0, BUFFER)
  count(bench.ledger, CPUS, 2, 0, 'seen', 10)
  count(bench.ledger, CPUS, 2, 0, 'sampled', 10)
  bench.ledger.given[0] = 10
  bench.take()
  const fallen = copyOf(bench.ledger)
  fallen.fates.seen[2] = 4
  fallen.fates.sampled[2] = 4
  fallen.given[0] = 3
  const told = bench.take(fallen)
  const laws = Object.fromEntries(told.laws.map((law) => [law.id, law]))
  expect(laws.L1).toMatchObject({
    verdict: 'violated',
    text: expect.stringContaining('seen of exec went down from 10 to 4'),
  })
  expect(laws.L6).toMatchObject({ verdict: 'violated', text: expect.stringContaining('went down from 10 to 3') })
  expect(healthMessage.safeParse({ ...told, client: null, clients: 0 }).error).toBeUndefined()
  expect(bench.take(fallen).laws.find(({ id }) => id === 'L1')?.verdict).not.toBe('violated')
})

test('[ACC-10] whatever counters do, health is well-formed: no negative number, none that is not one: 4,000 runs', () => {
  const change = fc.record({
    table: fc.constantFrom('seen', 'sampled', 'submitted', 'shed'),
    value: fc.nat(1e9),
  } as const)
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), fc.array(fc.nat(1e9), { maxLength: 4 }), (changes, numbers) => {
      const bench = new Bench()
      bench.buffer(0, BUFFER)
      for (const { table, value } of changes) {
        bench.ledger.fates[table][2] = value
        numbers.forEach((number, stream) => {
          bench.ledger.given[stream] = (number * value) % 1_000_003
        })
        const told = bench.take()
        expect(healthMessage.safeParse({ ...told, client: null, clients: 0 }).error).toBeUndefined()
      }
    }),
    { numRuns: 4_000 },
  )
}, 60_000)
