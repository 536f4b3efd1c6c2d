/** Blocking waits and what ends them. */
import { execFileSync } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { DATA, Poller, Ring, setTimerSlack, Waker, WOKEN, wake } from '@ringside/native'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PerfProbe, perfBytes } from './perf-probe.ts'
import { codeOf, Probe } from './probe.ts'

const NO_WAKEUP = 1
const FORCE_WAKEUP = 2
const LONG_MICROS = 10_000_000

let probe: Probe
let poller: Poller

beforeEach(() => {
  probe = new Probe(4096)
  poller = new Poller()
  poller.add(probe.reader)
})

afterEach(() => {
  poller.close()
  probe.close()
})

function timed(body: () => number): { mask: number; ms: number } {
  const start = performance.now()
  const mask = body()
  return { mask, ms: performance.now() - start }
}

test('[NAT-17] nothing happens: the time passes, to a fraction of a millisecond', () => {
  setTimerSlack(1)
  const short = Math.min(...Array.from({ length: 20 }, () => timed(() => poller.wait(200)).ms))
  expect(short).toBeGreaterThan(0.19)
  expect(short).toBeLessThan(1)
  const { mask, ms } = timed(() => poller.wait(120_000))
  expect(mask).toBe(0)
  expect(ms).toBeGreaterThan(119)
})

test('[NAT-17] a record that wakes ends the wait; one that does not wake leaves it', () => {
  expect(poller.wait(0)).toBe(0)
  probe.put(8, 1, NO_WAKEUP)
  expect(poller.wait(1000)).toBe(0)
  probe.put(8, 2, FORCE_WAKEUP)
  expect(timed(() => poller.wait(LONG_MICROS))).toMatchObject({ mask: DATA })
  expect(probe.take()).toHaveLength(2)
})

test('[NAT-17] data that stays unread does not make it spin', () => {
  probe.put(8, 1, FORCE_WAKEUP)
  expect(poller.wait(0)).toBe(DATA)
  const { mask, ms } = timed(() => poller.wait(20_000))
  expect(mask).toBe(0)
  expect(ms).toBeGreaterThan(19)
})

test('[NAT-17] wake ends the next wait once, however often it was called', () => {
  wake(poller.waker)
  wake(poller.waker)
  expect(poller.wait(LONG_MICROS)).toBe(WOKEN)
  expect(poller.wait(0)).toBe(0)
})

test('[NAT-17] wake and data are both told', () => {
  probe.put(8, 1, FORCE_WAKEUP)
  wake(poller.waker)
  expect(poller.wait(LONG_MICROS)).toBe(WOKEN | DATA)
})

test('[NAT-17] wake from another thread ends a wait that blocks', async () => {
  const waking = new Worker(new URL('./threads/wake.mjs', import.meta.url), { workerData: { waker: poller.waker } })
  const { mask, ms } = timed(() => poller.wait(LONG_MICROS))
  expect(mask).toBe(WOKEN)
  expect(ms).toBeLessThan(5000)
  await waking.terminate()
})

test('[NAT-17] a removed reader is not waited for, and a waker outlives its poller', () => {
  poller.remove(probe.reader)
  poller.remove(probe.reader)
  probe.put(8, 1, FORCE_WAKEUP)
  expect(poller.wait(0)).toBe(0)
  const waker = new Waker()
  new Poller(waker.handle).close()
  const second = new Poller(waker.handle)
  wake(waker.handle)
  expect(second.wait(0)).toBe(WOKEN)
  second.close()
  waker.close()
})

test.each(['ENOSYS', 'EPERM'] as const)('[NAT-17] where epoll_pwait2 fails with %s, to the millisecond', (code) => {
  const deny = fileURLToPath(new URL('./build/deny', import.meta.url))
  const script = fileURLToPath(new URL('./threads/wait-denied.mjs', import.meta.url))
  const args = [String(constants.errno[code]), 'epoll_pwait2', process.execPath, script]
  const { mask, ms, woken } = JSON.parse(execFileSync(deny, args, { encoding: 'utf8' }))
  expect({ mask, woken }).toEqual({ mask: 0, woken: WOKEN })
  expect(ms).toBeGreaterThan(2.9)
})

test('[NAT-1] close and use in any order', () => {
  const { waker } = poller
  poller.close()
  poller.close()
  wake(waker)
  expect([() => poller.wait(0), () => poller.add(probe.reader)].map(codeOf)).toEqual(['ECLOSED', 'ECLOSED'])
  const gone = new Waker()
  gone.close()
  expect(codeOf(() => new Poller(gone.handle))).toBe('ECLOSED')
  expect(codeOf(() => poller.wait(-1))).toBe('EARG')
})

test('[NAT-2] a ring that is closed while it is watched is still watched', () => {
  probe.ring.close()
  probe.reader.close()
  expect(poller.wait(0)).toBe(0)
  const other = Ring.createSync(4096)
  expect(poller.wait(0)).toBe(0)
  other.close()
})

describe('a perf buffer', () => {
  const PAGE = 4096
  let perf: PerfProbe

  afterEach(() => perf.close())

  test('[NAT-17] [NAT-22] ends the wait when more than its watermark was written since the last time', () => {
    const wakeBytes = 512
    const silent = Math.floor(wakeBytes / perfBytes(100))
    perf = new PerfProbe(PAGE, wakeBytes)
    poller.add(perf.reader)
    for (let word = 0; word < silent; word += 1) perf.put(100, word)
    expect(poller.wait(0)).toBe(0)
    perf.put(100, silent)
    expect(timed(() => poller.wait(LONG_MICROS))).toMatchObject({ mask: DATA })
    expect(perf.take()).toHaveLength(silent + 1)
    expect(poller.wait(0)).toBe(0)
    for (let word = 0; word <= silent; word += 1) perf.put(100, word)
    expect(poller.wait(LONG_MICROS)).toBe(DATA)
  })

  test('[NAT-17] [NAT-22] with a watermark of one byte every event ends it', () => {
    perf = new PerfProbe(PAGE, 1)
    poller.add(perf.reader)
    for (let word = 0; word < 3; word += 1) {
      perf.put(8, word)
      expect(poller.wait(LONG_MICROS)).toBe(DATA)
      expect(poller.wait(0)).toBe(0)
      expect(perf.take()).toHaveLength(1)
    }
  })

  test('[NAT-17] tells once of what was there when it was added', () => {
    perf = new PerfProbe(PAGE, 1)
    perf.put(8, 1)
    poller.add(perf.reader)
    expect(timed(() => poller.wait(LONG_MICROS))).toMatchObject({ mask: DATA })
    expect(poller.wait(0)).toBe(0)
  })

  test('[NAT-17] unread data does not make it spin, and a removed reader is not waited for', () => {
    perf = new PerfProbe(PAGE, 1)
    poller.add(perf.reader)
    perf.put(8, 1)
    expect(poller.wait(0)).toBe(DATA)
    const { mask, ms } = timed(() => poller.wait(20_000))
    expect(mask).toBe(0)
    expect(ms).toBeGreaterThan(19)
    poller.remove(perf.reader)
    perf.put(8, 2)
    expect(poller.wait(0)).toBe(0)
  })

  test('[NAT-17] and a ring are waited for together', () => {
    perf = new PerfProbe(PAGE, 1)
    poller.add(perf.reader)
    probe.put(8, 1, FORCE_WAKEUP)
    expect(poller.wait(LONG_MICROS)).toBe(DATA)
    perf.put(8, 1)
    expect(poller.wait(LONG_MICROS)).toBe(DATA)
    expect([probe.take(), perf.take()].map((records) => records.length)).toEqual([1, 1])
  })
})
