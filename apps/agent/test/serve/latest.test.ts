/** State messages of one connection: what is kept, what is replaced, and when each is made. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Latest, STATE_KINDS, type StateKind } from '../../src/serve/latest.ts'

const CASES = 10_000

/** A wire that carries each message until it is told that it has left. A text is its kind and a number. */
class Wire {
  readonly numbers = new Map<StateKind, number[]>(STATE_KINDS.map((kind) => [kind, []]))
  readonly carried: { kind: StateKind; sent: () => void }[] = []
  readonly latest = new Latest((text, sent) => {
    const [kind, number] = text.split(' ') as [StateKind, string]
    this.numbers.get(kind)?.push(Number(number))
    this.carried.push({ kind, sent })
  })

  /** One of the messages leaves: those of different kinds do so in any order. */
  leave(place: number): void {
    this.carried.splice(place % Math.max(1, this.carried.length), 1)[0]?.sent()
  }

  carries(kind: StateKind): number {
    return this.carried.filter((message) => message.kind === kind).length
  }
}

it(`[CR4] the last of each kind is sent, in the order in which they were said, one of a kind at a time: ${CASES} runs`, () => {
  const step = fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...STATE_KINDS) },
    { weight: 1, arbitrary: fc.nat(STATE_KINDS.length - 1) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const wire = new Wire()
      const said = new Map<StateKind, number>()
      const wrong: string[] = []
      for (const [number, one] of steps.entries()) {
        if (typeof one === 'number') wire.leave(one)
        else {
          wire.latest.say(one, () => `${one} ${number}`)
          said.set(one, number)
        }
        for (const [kind, last] of said) {
          const carried = wire.carries(kind)
          if (carried > 1) wrong.push(`${kind}: ${carried} on their way`)
          if (carried === 0 && wire.numbers.get(kind)?.at(-1) !== last) wrong.push(`${kind}: ${last} waits for nothing`)
        }
      }
      while (wire.carried.length > 0) wire.leave(0)
      for (const [kind, numbers] of wire.numbers) {
        if (numbers.at(-1) !== said.get(kind)) wrong.push(`${kind}: ended with ${numbers.at(-1)}`)
        if (numbers.some((number, index) => number <= (numbers[index - 1] ?? -1))) wrong.push(`${kind}: ${numbers}`)
      }
      expect(wrong).toEqual([])
    }),
    { numRuns: CASES },
  )
}, 60_000)

it('[CR4] what waited is made when it is sent, not when it was said', () => {
  const wire = new Wire()
  let number = 1
  wire.latest.say('health', () => `health ${number}`)
  wire.latest.say('health', () => `health ${number}`)
  number = 2
  wire.leave(0)
  expect(wire.numbers.get('health')).toEqual([1, 2])
})
