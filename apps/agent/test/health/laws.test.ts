import type { Law } from '@ringside/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Accounts, evaluateLaws, lostTail } from '../../src/health/laws.ts'
import { RestWatch } from '../../src/health/rest-watch.ts'
import { type Ledger, readLedger, rowsBytes } from '../../src/health/rows.ts'
import { Sequence } from '../../src/ingest/sequence.ts'
import { ABI, LIMITS, ringBytes } from '../../src/source/abi.ts'

const CPUS = 2
const FATES = ['submitted', 'filtered', 'sampled', 'shed', 'aggregated', 'dropped_full'] as const
type Fate = (typeof FATES)[number]
const { rs_row, rs_fates } = ABI.structs

/** A model of producers and one reader, stepped in any interleaving: what real rows look like when they are read. */
class Model {
  readonly rows = new Uint8Array(rowsBytes(CPUS))
  readonly view = new DataView(this.rows.buffer)
  readonly sequence = new Sequence(CPUS)
  readonly consumed = new Float64Array(LIMITS.slots * LIMITS.types)
  ring: { stream: number; number: number; size: number }[] = []
  /** Producers by CPU: what each still has to do for its event. */
  readonly underway: (() => void)[][] = Array.from({ length: CPUS }, () => [])

  step(cpu: number, fate: Fate, size: number): void {
    const steps = this.underway[cpu] as (() => void)[]
    if (steps.length === 0) steps.push(...this.event(cpu, fate, size))
    steps.shift()?.()
  }

  finish(): void {
    for (const steps of this.underway) for (const step of steps.splice(0)) step()
  }

  read(): void {
    for (const record of this.ring.splice(0)) {
      this.sequence.note(record.stream, record.number, 0)
      this.consumed[9] = (this.consumed[9] as number) + 1
    }
  }

  ledger(): Ledger {
    return readLedger(this.rows.slice(), CPUS)
  }

  add(cpu: number, fate: keyof typeof rs_fates.members): void {
    this.bump(cpu * LIMITS.rows * rs_row.bytes + rs_row.members.fates + 9 * rs_fates.bytes + rs_fates.members[fate])
  }

  /** The next number of the CPU's first stream is given out. */
  number(cpu: number): number {
    return this.bump(cpu * LIMITS.rows * rs_row.bytes)
  }

  private event(cpu: number, fate: Fate, size: number): (() => void)[] {
    const seen = () => this.add(cpu, 'seen')
    if (fate !== 'submitted' && fate !== 'dropped_full') return [seen, () => this.add(cpu, fate)]
    let number = 0
    const takeNumber = () => {
      number = this.number(cpu)
    }
    if (fate === 'dropped_full') return [seen, takeNumber, () => this.add(cpu, fate)]
    const output = () => this.ring.push({ stream: cpu * LIMITS.levels, number, size })
    return [seen, takeNumber, output, () => this.add(cpu, fate)]
  }

  private bump(at: number): number {
    const next = this.view.getBigUint64(at, true) + 1n
    this.view.setBigUint64(at, next, true)
    return Number(next)
  }
}

function accountsOf(model: Model, before: Ledger, usedBytes: number, after: Ledger): Accounts {
  return {
    cpus: CPUS,
    before,
    after,
    consumed: model.consumed,
    decoded: model.consumed,
    malformed: new Float64Array(model.consumed.length),
    sequence: model.sequence,
    usedBytes: [usedBytes],
    recordsOnly: true,
    falls: [],
    published: model.consumed.reduce((sum, value) => sum + value, 0),
    withheld: 0,
    pending: 0,
    resting: new Set(),
  }
}

const produce = fc.record({
  cpu: fc.nat(CPUS - 1),
  fate: fc.constantFrom(...FATES),
  size: fc.integer({ min: 40, max: 1024 }),
})

function lawOf(laws: Law[], id: string): Law {
  return laws.find((law) => law.id === id) as Law
}

test('[L1][L2][L6] no verdict is `violated` at any moment of any run of correct producers: 4,000 runs', () => {
  const step = fc.oneof({ weight: 9, arbitrary: produce }, { weight: 1, arbitrary: fc.constant('read' as const) })
  const steps = fc.array(step, { maxLength: 120 })
  fc.assert(
    fc.property(
      steps,
      fc.array(produce, { maxLength: 12 }),
      fc.array(produce, { maxLength: 12 }),
      (run, first, second) => {
        const model = new Model()
        for (const now of run) now === 'read' ? model.read() : model.step(now.cpu, now.fate, now.size)
        const before = model.ledger()
        for (const now of first) model.step(now.cpu, now.fate, now.size)
        const used = model.ring.reduce((sum, record) => sum + ringBytes(record.size), 0)
        for (const now of second) model.step(now.cpu, now.fate, now.size)
        const laws = evaluateLaws(accountsOf(model, before, used, model.ledger()), [0])
        for (const law of laws) {
          expect(law.verdict, law.text).not.toBe('violated')
          expect(Math.abs(law.difference)).toBeLessThanOrEqual(law.inFlight)
        }
      },
    ),
    { numRuns: 4_000 },
  )
}, 60_000)

test('[L1][L2][L3][L4][L6] every law is exact, and nothing is in flight, at rest: 2,000 runs', () => {
  fc.assert(
    fc.property(fc.array(produce, { maxLength: 80 }), (run) => {
      const model = new Model()
      for (const now of run) model.step(now.cpu, now.fate, now.size)
      model.finish()
      model.read()
      const laws = evaluateLaws(accountsOf(model, model.ledger(), 0, model.ledger()), [0])
      expect(laws.map((law) => law.verdict)).toEqual(['exact', 'exact', 'exact', 'exact', 'exact'])
      expect(laws.every((law) => law.inFlight === 0)).toBe(true)
    }),
    { numRuns: 2_000 },
  )
}, 60_000)

function atRest(change: (model: Model) => void): Law[] {
  const model = new Model()
  for (let i = 0; i < 40; i += 1) model.step(0, 'submitted', 40)
  model.read()
  change(model)
  return evaluateLaws(accountsOf(model, model.ledger(), 0, model.ledger()), [0])
}

test('[L1] an event that is accounted for but was not seen is a violation', () => {
  const law = lawOf(
    atRest((model) => model.add(0, 'sampled')),
    'L1',
  )
  expect(law).toMatchObject({ verdict: 'violated', difference: -1 })
})

test('[L1] so is one on a CPU and of a type of which nothing was seen at all', () => {
  expect(
    lawOf(
      atRest((model) => model.add(1, 'sampled')),
      'L1',
    ),
  ).toMatchObject({ verdict: 'violated', difference: -1 })
})

test('[L2] a record that was submitted and is neither consumed nor in the buffer is a violation', () => {
  const law = lawOf(
    atRest((model) => {
      for (let i = 0; i < 4; i += 1) model.step(0, 'submitted', 40)
      model.ring = []
    }),
    'L2',
  )
  expect(law).toMatchObject({ verdict: 'violated', difference: 1 })
})

test('[L6] a number that nobody dropped and that did not arrive is in flight only while it can be', () => {
  const law = lawOf(
    atRest((model) => {
      for (let i = 0; i < 400; i += 1) model.step(1, 'submitted', 40)
      model.ring = []
    }),
    'L6',
  )
  expect(law).toMatchObject({ verdict: 'violated', difference: 100 })
})

test('[L6] a number that arrived twice is a violation', () => {
  const law = lawOf(
    atRest((model) => model.sequence.note(0, model.sequence.last[0] as number, 0)),
    'L6',
  )
  expect(law.verdict).toBe('violated')
})

test('[L4] what is decoded and neither published nor withheld is in flight while it stands in the window', () => {
  const model = new Model()
  const accounts = accountsOf(model, model.ledger(), 0, model.ledger())
  accounts.decoded = Float64Array.of(10)
  const verdictOf = (pending: number) => lawOf(evaluateLaws({ ...accounts, published: 7, pending }, []), 'L4').verdict
  expect([verdictOf(3), verdictOf(2)]).toEqual(['in flight', 'violated'])
})

test('[L6] the tail that is told as lost leaves out records on their way', () => {
  const model = new Model()
  for (let i = 0; i < 40; i += 1) model.step(0, 'submitted', 40)
  model.read()
  for (let i = 0; i < 6; i += 1) model.step(0, 'dropped_full', 40)
  for (let i = 0; i < 20; i += 1) model.step(0, 'submitted', 40)
  expect(lostTail(model.sequence, model.ledger(), 0)).toBe(2)
})

test('[L3] what one type lacks is not made up for by another, though the sums are equal', () => {
  const model = new Model()
  const accounts = accountsOf(model, model.ledger(), 0, model.ledger())
  const cells = (...pairs: [type: number, count: number][]) => {
    const table = new Float64Array(LIMITS.slots * LIMITS.types)
    for (const [type, count] of pairs) table[type] = count
    return table
  }
  const consumed = cells([4, 10], [7, 5])
  const law = (decoded: Float64Array, malformed: Float64Array) =>
    lawOf(evaluateLaws({ ...accounts, consumed, decoded, malformed }, [0]), 'L3')
  expect(law(cells([4, 10], [7, 4]), cells([7, 1]))).toMatchObject({ verdict: 'exact', difference: 0 })
  const broken = law(cells([4, 7], [7, 6]), cells([7, 2]))
  expect(broken).toMatchObject({ verdict: 'violated', left: 15, right: 15, difference: 3, inFlight: 0 })
  expect(broken.text).toContain('open is off by 3')
})

describe('a slot at rest', () => {
  const at = (change: (model: Model) => void, resting: number[]) => {
    const model = new Model()
    for (let i = 0; i < 40; i += 1) model.step(0, 'submitted', 40)
    model.read()
    change(model)
    const accounts = accountsOf(model, model.ledger(), 0, model.ledger())
    return evaluateLaws({ ...accounts, resting: new Set(resting) }, [0])
  }
  /** One event on its way through a program, as there may be at any moment; and how far the sides are apart then. */
  const underway: [id: string, change: (model: Model) => void, difference: number][] = [
    ['L1', (model) => model.add(0, 'seen'), 1],
    ['L2', (model) => model.consumed.fill((model.consumed[9] as number) + 1, 9, 10), -1],
    ['L6', (model) => model.number(0), 1],
  ]

  test.each(underway)(
    '[%s][LED1] has nothing on its way: a difference of one is a violation',
    (id, change, difference) => {
      expect(lawOf(at(change, []), id)).toMatchObject({ verdict: 'in flight', difference })
      expect(lawOf(at(change, [0]), id)).toMatchObject({ verdict: 'violated', difference, inFlight: 0 })
      expect(
        lawOf(
          at(() => undefined, [0]),
          id,
        ),
      ).toMatchObject({ verdict: 'exact', inFlight: 0 })
    },
  )

  test('[LED1] is one that two evaluations found the same, with an empty buffer', () => {
    const model = new Model()
    const watch = new RestWatch(CPUS)
    const look = (usedBytes = 0) => watch.look(model.ledger(), [usedBytes]).has(0)
    expect(look()).toBe(false)
    expect(look()).toBe(true)
    expect([look(48), look(), look()]).toEqual([false, false, true])
    model.step(0, 'submitted', 40)
    expect([look(), look()]).toEqual([false, true])
    model.step(0, 'submitted', 40)
    expect([look(), look()]).toEqual([false, true])
  })

  test('[L1][L2][L6][LED1] of correct producers is exact', () => {
    fc.assert(
      fc.property(fc.array(produce, { maxLength: 80 }), (run) => {
        const model = new Model()
        const watch = new RestWatch(CPUS)
        for (const now of run) model.step(now.cpu, now.fate, now.size)
        model.finish()
        model.read()
        watch.look(model.ledger(), [0])
        const resting = watch.look(model.ledger(), [0])
        const laws = evaluateLaws({ ...accountsOf(model, model.ledger(), 0, model.ledger()), resting }, [0])
        expect(laws.map(({ verdict, inFlight }) => [verdict, inFlight])).toEqual(laws.map(() => ['exact', 0]))
      }),
    )
  })
})
