/** Timer interrupts, CPUs and the clock. */
import { monotonicNs, NativeError, onlineCpus, pinThread, possibleCpus, Ticker } from '@ringside/native'
import { describe, expect, test } from 'vitest'
import { codeOf, openProbe } from './probe.ts'

const HZ = 10_000
const RUN_MS = 200
const SLOT_OF_CPU_0 = 8

/** How often the timer program ran on each CPU while `body` did. */
function timersDuring(body: () => void): number[] {
  const object = openProbe()
  object.load()
  const counts = new BigUint64Array(16)
  object.attach('on_timer')
  body()
  object.detach('on_timer')
  object.map('counts').read(0, new Uint8Array(counts.buffer))
  object.close()
  return onlineCpus().map((cpu) => Number(counts[SLOT_OF_CPU_0 + cpu]))
}

function spin(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

describe('a ticker', () => {
  test.each(onlineCpus())('[NAT-21] fires on CPU %i, although a thread keeps that CPU busy', (cpu) => {
    let told = 0
    let expected = 0
    const fired = timersDuring(() => {
      pinThread(cpu)
      const start = performance.now()
      const ticker = new Ticker(HZ, cpu)
      spin(RUN_MS)
      told = ticker.expirations
      // A thread that does not get its CPU spins for longer.
      expected = (HZ * (performance.now() - start)) / 1000
      ticker.close()
      pinThread(null)
    })
    expect(fired[cpu]).toBeGreaterThan(expected * 0.9)
    expect(Math.abs(told - expected) / expected).toBeLessThan(0.1)
  })

  test('[NAT-1] [NAT-7] is closed once, and refuses what it cannot be', () => {
    const ticker = new Ticker(100, 0)
    ticker.close()
    ticker.close()
    expect(codeOf(() => ticker.expirations)).toBe('ECLOSED')
    expect([() => new Ticker(0, 0), () => new Ticker(1e9, 0), () => new Ticker(10, -1)].map(codeOf)).toEqual([
      'EARG',
      'EARG',
      'EARG',
    ])
    expect(() => new Ticker(10, 4000)).toThrow(NativeError)
  })
})

describe('CPUs and clock', () => {
  test('[NAT-19] online CPUs are possible ones', () => {
    const online = onlineCpus()
    expect(online.length).toBeGreaterThan(0)
    expect(Math.max(...online)).toBeLessThan(possibleCpus())
  })

  test('[NAT-9] a CPU that is not there cannot be pinned to', () => {
    expect(codeOf(() => pinThread(4000))).not.toBe('nothing was thrown')
    expect(codeOf(() => pinThread(1.5))).toBe('EARG')
  })

  test('[NAT-19] the clock is the one that hrtime reads', () => {
    const before = process.hrtime.bigint()
    const { hi, lo } = monotonicNs()
    const between = (BigInt(hi) << 32n) | BigInt(lo)
    expect(between).toBeGreaterThanOrEqual(before)
    expect(between).toBeLessThanOrEqual(process.hrtime.bigint())
  })
})
