/** Reading perf buffers record by record, against the real kernel. */
import { once } from 'node:events'
import { constants } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { BpfMap, onlineCpus, PerfBuffer, PerfReader, Reader, Ring } from '@ringside/native'
import { afterEach, describe, expect, test } from 'vitest'
import { deliveredBytes, PerfProbe, perfBytes } from './perf-probe.ts'
import { codeOf, word32 } from './probe.ts'

const PAGE = 4096
const DATA_HEAD = 1024
const DATA_TAIL = 1032
const { ENOENT, ENOSPC } = constants.errno
const open: PerfProbe[] = []

function probe(bytes: number): PerfProbe {
  const made = new PerfProbe(bytes)
  open.push(made)
  return made
}

afterEach(() => {
  for (const made of open.splice(0)) made.close()
})

describe('whole records', () => {
  test('[NAT-22] come in order, each with the length that was delivered: roundup8(n + 4) − 4', () => {
    const p = probe(PAGE)
    const sizes = [8, 9, 11, 12, 13, 20, 100]
    for (const [index, bytes] of sizes.entries()) expect(p.put(bytes, index)).toBe(0)
    expect(p.take()).toEqual(sizes.map((bytes, word) => ({ bytes: deliveredBytes(bytes), word })))
    expect(p.take()).toEqual([])
    expect([p.reader.lost(), p.reader.others(), p.reader.fault]).toEqual([0, 0, false])
  })

  test('[NAT-22] that wrap around the end of the buffer are put together', () => {
    const p = probe(PAGE)
    const seen: number[] = []
    for (let word = 0; word < 50; word += 1) {
      expect(p.put(1000, word)).toBe(0)
      seen.push(...p.take().map((record) => record.word))
    }
    expect(seen).toEqual(Array.from({ length: 50 }, (_, word) => word))
    expect(p.reader.consumer()).toBe(50 * perfBytes(1000))
  })

  test('[NAT-22] may fill the chunk exactly; the next one waits for the next call', () => {
    const p = probe(PAGE)
    for (let word = 0; word < 3; word += 1) p.put(28, word)
    const chunk = new Uint8Array(2 * 40)
    expect(p.take(chunk).map(({ word }) => word)).toEqual([0, 1])
    expect(p.take(chunk).map(({ word }) => word)).toEqual([2])
  })

  test('[NAT-16] that do not fit into an empty chunk are refused and stay', () => {
    const p = probe(PAGE)
    p.put(60, 1)
    expect(codeOf(() => p.take(new Uint8Array(71)))).toBe('ENOBUFS')
    expect(p.take(new Uint8Array(72))).toEqual([{ bytes: 60, word: 1 }])
  })

  test('[NAT-22] give their room back before a long pass ends', () => {
    const p = probe(1 << 17)
    for (let word = 0; p.put(4000, word) === 0; word += 1);
    const chunk = new Uint8Array(9 * (8 + deliveredBytes(4000) + 4))
    expect(p.reader.consume(chunk)).toBe(chunk.length)
    expect(p.buffer.positions().consumer).toBe(9 * perfBytes(4000))
  })
})

test('[NAT-23] what was lost is counted by the program at once, and told with the next event that has room', () => {
  const p = probe(PAGE)
  let made = 0
  while (p.put(100, made) === 0) made += 1
  expect(p.put(100, 0)).toBe(ENOSPC)
  expect(made).toBe(Math.floor((PAGE - 8) / perfBytes(100)))
  expect(p.take()).toHaveLength(made)
  expect(p.reader.lost()).toBe(0)
  expect(p.put(100, 7)).toBe(0)
  expect(p.take()).toEqual([{ bytes: deliveredBytes(100), word: 7 }])
  expect(p.reader.lost()).toBe(2)
})

test('[NAT-23] where nothing listens, an event is refused and never told', () => {
  const p = probe(PAGE)
  expect(p.put(8, 1, 63)).toBe(ENOENT)
  p.object.map('perf').delete(word32(p.cpu))
  expect(p.put(8, 1)).toBe(ENOENT)
  expect([p.take(), p.reader.lost()]).toEqual([[], 0])
})

test('[NAT-22] [NAT-23] while another thread writes: delivered + refused = written, told + tail = refused', async () => {
  const events = 50_000
  const p = probe(PAGE)
  const workerData = { fd: p.object.program('put_perf').fd, cpu: p.cpu, events, bytes: 40 }
  const writer = new Worker(new URL('./threads/produce-perf.mjs', import.meta.url), { workerData })
  const told = once(writer, 'message')
  const ended = told.then(() => true)
  const chunk = new Uint8Array(1 << 16)
  const seen: number[] = []
  const read = () => seen.push(...p.take(chunk).map(({ word }) => word))
  // Seldom enough for a buffer of one page to be full in between.
  while (!(await Promise.race([ended, pause(5, false)]))) read()
  read()
  const [{ refusals, tail }] = await told
  const refused = refusals[ENOSPC] ?? 0
  expect(refused).toBeGreaterThan(0)
  expect(refusals).toEqual({ [ENOSPC]: refused })
  expect(seen.length + refused).toBe(events)
  expect(seen.every((word, at) => at === 0 || word > (seen[at - 1] ?? 0))).toBe(true)
  expect(p.reader.lost() + tail).toBe(refused)
})

describe('up to a position', () => {
  test('[NAT-13] takes what stood there when it was noted, and never passes one inside a record', () => {
    const p = probe(PAGE)
    p.put(8, 1)
    p.put(100, 2)
    const noted = p.reader.producer()
    p.put(8, 3)
    expect(p.take(undefined, perfBytes(8) + 1).map(({ word }) => word)).toEqual([1])
    expect(p.take(undefined, noted).map(({ word }) => word)).toEqual([2])
    expect(p.reader.consumer()).toBe(noted)
    expect(p.take(undefined, 0)).toEqual([])
    expect(p.take().map(({ word }) => word)).toEqual([3])
  })
})

describe('positions that cannot be', () => {
  test.each<[string, [number, bigint]]>([
    ['a tail that somebody else moved', [DATA_TAIL, 24n]],
    ['a head behind the tail', [DATA_HEAD, 2n ** 64n - 8n]],
    ['a head further away than the capacity', [DATA_HEAD, 8192n]],
    ['a head inside a record', [DATA_HEAD, 28n]],
  ])('[NAT-24] [RNG-5] %s: fault, and nothing is repaired', (_, word) => {
    const p = probe(PAGE)
    p.put(8, 1)
    p.put(8, 2)
    p.forge(word)
    expect(p.take().length).toBeLessThanOrEqual(1)
    expect(p.reader.fault).toBe(true)
    p.forge([DATA_TAIL, 0n], [DATA_HEAD, 48n])
    expect(p.take()).toEqual([])
    expect(p.reader.fault).toBe(true)
    p.reader.close()
    const later = PerfReader.open(p.buffer.handle)
    expect(later.fault).toBe(true)
    later.close()
  })
})

describe('one reader', () => {
  test('[NAT-11] a second is refused; the next goes on where the last one stopped', () => {
    const p = probe(PAGE)
    expect(codeOf(() => PerfReader.open(p.buffer.handle))).toBe('EBUSY')
    p.put(8, 1)
    p.take()
    p.put(8, 2)
    p.reader.close()
    const next = PerfReader.open(p.buffer.handle)
    expect(next.consumer()).toBe(perfBytes(8))
    expect(next.consume(new Uint8Array(64))).toBe(24)
    next.close()
  })

  test('[NAT-11] handles of rings and of perf buffers are not mixed up', () => {
    const p = probe(PAGE)
    const ring = Ring.createSync(PAGE)
    expect(ring.handle).not.toBe(p.buffer.handle)
    expect(codeOf(() => PerfReader.open(ring.handle))).toBe('EARG')
    expect(codeOf(() => Reader.open(p.buffer.handle))).toBe('EARG')
    ring.close()
  })
})

describe('made and closed', () => {
  test('[NAT-7] [NAT-10] what cannot be never reaches the kernel', () => {
    const wrong: [number, number, number][] = [
      [0, 0, 1],
      [6000, 0, 1],
      [2 ** 32, 0, 1],
      [PAGE, -1, 1],
      [PAGE, 0.5, 1],
      [PAGE, 0, 0],
      [PAGE, 0, PAGE + 1],
    ]
    const make = ([bytes, cpu, wakeBytes]: [number, number, number]) =>
      codeOf(() => PerfBuffer.createSync(bytes, { cpu, wakeBytes }))
    expect(wrong.map(make)).toEqual(wrong.map(() => 'EARG'))
  })

  test('[NAT-9] a CPU that is not there is named', async () => {
    const making = PerfBuffer.create(PAGE, { cpu: 4000, wakeBytes: 1 })
    await expect(making).rejects.toMatchObject({ name: 'NativeError', operation: expect.stringContaining('CPU 4000') })
  })

  test('[NAT-10] off the thread, with the capacity that was asked for', async () => {
    const buffers = await Promise.all(
      onlineCpus().map((cpu) => PerfBuffer.create(1 << 16, { cpu, wakeBytes: 1 << 13 })),
    )
    expect(buffers.map((buffer) => buffer.capacityBytes)).toEqual(onlineCpus().map(() => 1 << 16))
    expect(new Set(buffers.map((buffer) => buffer.handle)).size).toBe(buffers.length)
    for (const buffer of buffers) buffer.close()
  })

  test('[NAT-1] closing twice is nothing, use after it is refused', () => {
    const p = probe(PAGE)
    p.reader.close()
    p.reader.close()
    p.buffer.close()
    p.buffer.close()
    const uses = [
      () => p.take(),
      () => p.reader.producer(),
      () => p.reader.busy(),
      () => p.reader.fault,
      () => p.reader.lost(),
      () => p.buffer.positions(),
      () => PerfReader.open(p.buffer.handle),
    ]
    expect(uses.map(codeOf)).toEqual(uses.map(() => 'ECLOSED'))
  })

  test('[NAT-2] a buffer that is closed is read to its end by its reader', () => {
    const p = probe(PAGE)
    p.put(8, 1)
    p.buffer.close()
    p.put(8, 2)
    expect(p.take().map(({ word }) => word)).toEqual([1, 2])
  })

  test('[NAT-23] a buffer that nobody has any more refuses events, whatever the map still holds', () => {
    const p = probe(PAGE)
    p.reader.close()
    p.buffer.close()
    expect(p.put(8, 1)).not.toBe(0)
  })

  test('[NAT-22] what was put into the map stays while one duplicate of the descriptor is open', () => {
    const p = probe(PAGE)
    const twin = BpfMap.fromFd(p.object.map('perf').fd)
    twin.update(word32(p.cpu + 1), word32(p.buffer.fd))
    twin.close()
    expect(p.put(8, 1, p.cpu + 1)).toBe(0)
    expect(p.take()).toHaveLength(1)
  })
})
