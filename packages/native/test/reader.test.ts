/** Reading rings record by record, against the real kernel. */
import { Worker } from 'node:worker_threads'
import { BpfMap, onlineCpus, pinThread, Reader, Ring } from '@ringside/native'
import { afterEach, describe, expect, test } from 'vitest'
import { codeOf, Probe, ringBytes, waitUntil, words } from './probe.ts'

const PAGE = 4096
const open: Probe[] = []

function probe(ringBytes: number): Probe {
  const made = new Probe(ringBytes)
  open.push(made)
  return made
}

afterEach(() => {
  for (const made of open.splice(0)) made.close()
})

describe('whole records', () => {
  test('[NAT-12] come in ring order, with their own lengths', () => {
    const p = probe(PAGE)
    const sizes = [8, 9, 15, 16, 17, 100]
    for (const [index, bytes] of sizes.entries()) p.put(bytes, index)
    expect(p.take()).toEqual(sizes.map((bytes, word) => ({ bytes, word })))
    expect(p.take()).toEqual([])
  })

  test('[NAT-12] that wrap around the end of the ring are whole', () => {
    const p = probe(PAGE)
    const bytes = 1000
    const seen: number[] = []
    for (let word = 0; word < 50; word += 1) {
      expect(p.put(bytes, word)).toBe(true)
      seen.push(...p.take().map((record) => record.word))
    }
    expect(seen).toEqual(Array.from({ length: 50 }, (_, word) => word))
    expect(p.reader.consumer()).toBe(50 * ringBytes(bytes))
  })

  test('[NAT-12] may fill the ring to its last usable byte: 255 of 8 bytes in 4 KiB', () => {
    const p = probe(PAGE)
    let made = 0
    while (p.put(8, made)) made += 1
    expect(made).toBe(255)
    expect(p.take()).toHaveLength(255)
    expect(p.put(PAGE - 16, 7)).toBe(true)
    expect(p.take()).toEqual([{ bytes: PAGE - 16, word: 7 }])
  })

  test('[NAT-12] may fill the chunk exactly; the next one waits for the next call', () => {
    const p = probe(PAGE)
    for (let word = 0; word < 3; word += 1) p.put(24, word)
    const chunk = new Uint8Array(2 * ringBytes(24))
    expect(p.take(chunk).map(({ word }) => word)).toEqual([0, 1])
    expect(p.take(chunk).map(({ word }) => word)).toEqual([2])
  })

  test('[NAT-16] that do not fit into an empty chunk are refused and stay', () => {
    const p = probe(PAGE)
    p.put(64, 1)
    expect(codeOf(() => p.take(new Uint8Array(ringBytes(64) - 1)))).toBe('ENOBUFS')
    expect(p.take(new Uint8Array(ringBytes(64)))).toEqual([{ bytes: 64, word: 1 }])
  })

  test('[NAT-14] that were discarded are passed over', () => {
    const p = probe(PAGE)
    p.discard()
    p.put(8, 1)
    p.discard()
    expect(p.take()).toEqual([{ bytes: 8, word: 1 }])
    expect(p.reader.consumer()).toBe(p.reader.producer())
  })

  test('[NAT-12] give their room back before a long pass ends', () => {
    const p = probe(1 << 17)
    const record = ringBytes(4000)
    for (let word = 0; p.put(4000, word); word += 1);
    expect(p.reader.consume(new Uint8Array(record * 9))).toBe(record * 9)
    expect(p.ring.positions().consumer).toBe(record * 9)
  })
})

describe('up to a position', () => {
  test('[NAT-13] takes what stood there when it was noted, to the byte', () => {
    const p = probe(PAGE)
    p.put(8, 1)
    p.put(100, 2)
    const noted = p.reader.producer()
    p.put(8, 3)
    expect(p.take(undefined, noted).map(({ word }) => word)).toEqual([1, 2])
    expect(p.reader.consumer()).toBe(noted)
    expect(p.take(undefined, noted)).toEqual([])
    expect(p.take().map(({ word }) => word)).toEqual([3])
  })

  test('[NAT-13] never passes a position inside a record', () => {
    const p = probe(PAGE)
    p.put(8, 1)
    p.put(8, 2)
    expect(p.take(undefined, ringBytes(8) + 1).map(({ word }) => word)).toEqual([1])
    expect(p.take(undefined, 0)).toEqual([])
  })
})

test('[NAT-14] a busy record at the head hides all behind it until it is committed', async () => {
  const p = probe(PAGE)
  const { fd } = p.object.program('hold')
  const [here = 0, there = 0] = onlineCpus()
  pinThread(here)
  const holder = new Worker(new URL('./threads/hold.mjs', import.meta.url), { workerData: { fd, cpu: there } })
  try {
    waitUntil(() => p.reader.producer() > 0)
    expect(p.reader.busy()).toBe(true)
    p.put(8, 5)
    expect(p.take()).toEqual([])
    p.object.map('counts').write(8, words(1))
    waitUntil(() => !p.reader.busy())
    expect(p.take().map(({ word }) => word)).toEqual([0, 5])
  } finally {
    pinThread(null)
    await holder.terminate()
  }
})

describe('positions that cannot be', () => {
  test.each([
    ['beyond the producer', 64],
    ['not a multiple of 8', 4],
    ['behind by more than the ring', 2n ** 64n - 8192n],
    ['moved by somebody else', 16],
  ])('[NAT-15] [RNG-5] %s: fault, nothing is read, nothing is repaired', (_, position) => {
    const p = probe(PAGE)
    p.put(8, 1)
    p.put(8, 2)
    p.forgeConsumer(position)
    expect(p.take()).toEqual([])
    expect(p.reader.fault).toBe(true)
    expect(p.reader.busy()).toBe(false)
    p.forgeConsumer(0)
    expect(p.take()).toEqual([])
    expect(p.reader.fault).toBe(true)
  })

  test('[NAT-15] a later reader of a faulty ring finds the fault', () => {
    const p = probe(PAGE)
    p.put(8, 1)
    p.forgeConsumer(4)
    p.take()
    p.reader.close()
    const later = Reader.open(p.ring.handle)
    expect(later.fault).toBe(true)
    later.close()
  })
})

describe('one reader', () => {
  test('[NAT-11] a second is refused', () => {
    const p = probe(PAGE)
    expect(codeOf(() => Reader.open(p.ring.handle))).toBe('EBUSY')
  })

  test('[NAT-11] the next goes on where the last one stopped', () => {
    const p = probe(PAGE)
    p.put(8, 1)
    p.take()
    p.put(8, 2)
    p.reader.close()
    const next = Reader.open(p.ring.handle)
    expect(next.consumer()).toBe(ringBytes(8))
    expect(next.consume(new Uint8Array(64))).toBe(ringBytes(8))
    next.close()
  })

  test('[NAT-11] an unknown handle is refused', () => {
    const ring = Ring.createSync(PAGE)
    ring.close()
    expect(codeOf(() => Reader.open(ring.handle))).toBe('ECLOSED')
  })
})

test('[NAT-1] a reader that is closed twice and used again says so', () => {
  const p = probe(PAGE)
  p.reader.close()
  p.reader.close()
  const uses = [() => p.take(), () => p.reader.producer(), () => p.reader.busy(), () => p.reader.fault]
  expect(uses.map(codeOf)).toEqual(uses.map(() => 'ECLOSED'))
})

test('[NAT-7] what is no Uint8Array is refused, and memory shared between threads is taken', () => {
  const p = probe(PAGE)
  p.put(8, 9)
  expect(codeOf(() => p.reader.consume(new DataView(new ArrayBuffer(8)) as never))).toBe('EARG')
  expect(codeOf(() => p.reader.consume(new Uint8Array(8), Number.NaN))).toBe('EARG')
  const shared = new Uint8Array(new SharedArrayBuffer(64))
  expect(p.reader.consume(shared)).toBe(16)
})

test('[NAT-10] illegal capacities never reach the kernel', () => {
  const illegal = [0, -4096, 1, 2048, 4095, 6000, 12_288, 2 ** 32, 2.5, Number.NaN, Number.POSITIVE_INFINITY]
  expect(illegal.map((bytes) => codeOf(() => Ring.createSync(bytes)))).toEqual(illegal.map(() => 'EARG'))
})

test('[NAT-10] a ring has the capacity and the name that were asked for', async () => {
  const ring = await Ring.create(1 << 16, 'named')
  const map = BpfMap.fromFd(ring.fd)
  expect([ring.capacityBytes, map.maxEntries, map.name]).toEqual([65_536, 65_536, 'named'])
  map.close()
  ring.close()
})

test('[NAT-2] a ring that is closed is read to its end by its reader', () => {
  const p = probe(PAGE)
  p.put(8, 1)
  p.ring.close()
  p.ring.close()
  p.put(8, 2)
  expect(p.take().map(({ word }) => word)).toEqual([1, 2])
  expect(codeOf(() => p.ring.positions())).toBe('ECLOSED')
})
