/** Maps by key and in place, against the real kernel. */
import { execFileSync } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { BpfMap, type BpfObject, possibleCpus, Ring } from '@ringside/native'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { built, codeOf, openProbe, PROBE, word32, words } from './probe.ts'

let object: BpfObject

beforeAll(() => {
  object = openProbe()
  object.load()
})

afterAll(() => object.close())

describe('by key', () => {
  test('[NAT-18] a hash keeps, finds and deletes', () => {
    const table = object.map('table')
    const value = Uint8Array.from({ length: 16 }, (_, index) => index)
    const found = new Uint8Array(16)
    expect(table.lookup(word32(1), found)).toBe(false)
    table.update(word32(1), value)
    expect(table.lookup(word32(1), found)).toBe(true)
    expect(found).toEqual(value)
    expect(object.testRun('read_table', new Uint8Array(0))).toBe(0x07060504)
    expect([table.delete(word32(1)), table.delete(word32(1))]).toEqual([true, false])
  })

  test('[NAT-9] a full hash says so', () => {
    const table = object.map('table')
    const fill = () => {
      for (let key = 10; key < 20; key += 1) table.update(word32(key), new Uint8Array(16))
    }
    expect(codeOf(fill)).toBe('E2BIG')
  })

  test('[NAT-18] a per-CPU value has room for every possible CPU', () => {
    const lanes = object.map('lanes')
    expect(lanes.valueBytes).toBe(possibleCpus() * 8)
    const value = new Uint8Array(lanes.valueBytes).fill(1)
    lanes.update(word32(0), value)
    const found = new Uint8Array(lanes.valueBytes)
    lanes.lookup(word32(0), found)
    expect(new Uint32Array(found.buffer)[0]).toBe(0x01010101)
  })

  test('[NAT-7] keys and values of another size are refused', () => {
    const table = object.map('table')
    const wrong = [
      () => table.lookup(new Uint8Array(3), new Uint8Array(16)),
      () => table.update(word32(1), new Uint8Array(15)),
      () => table.delete(new Uint8Array(8)),
      () => table.update('key' as never, new Uint8Array(16)),
    ]
    expect(wrong.map(codeOf)).toEqual(wrong.map(() => 'EARG'))
  })
})

describe('in place', () => {
  test('[NAT-18] what is written is read, at any offset and length', () => {
    const counts = object.map('counts')
    expect([counts.mapped, counts.maxEntries, counts.valueBytes]).toEqual([true, 16, 8])
    for (const [offset, length] of [
      [0, 8],
      [3, 1],
      [5, 9],
      [6, 30],
      [0, 128],
      [127, 1],
    ] as const) {
      const bytes = Uint8Array.from({ length }, (_, index) => offset + index + 1)
      counts.write(offset, bytes)
      const found = new Uint8Array(length)
      counts.read(offset, found)
      expect(found).toEqual(bytes)
    }
  })

  test('[NAT-18] the kernel sees what was written, and the map what the kernel updated', () => {
    const counts = object.map('counts')
    counts.write(8, words(0x1234_5678_9abc))
    const value = new Uint8Array(8)
    counts.lookup(word32(1), value)
    expect(value).toEqual(words(0x1234_5678_9abc))
    counts.update(word32(2), words(99))
    counts.read(16, value)
    expect(value).toEqual(words(99))
  })

  test('[NAT-7] nothing outside of the map is touched', () => {
    const counts = object.map('counts')
    const wrong = [
      () => counts.read(-8, new Uint8Array(8)),
      () => counts.read(121, new Uint8Array(8)),
      () => counts.write(0, new Uint8Array(129)),
      () => counts.read(Number.NaN, new Uint8Array(8)),
      () => counts.write(2 ** 53, new Uint8Array(1)),
      () => object.map('table').read(0, new Uint8Array(8)),
    ]
    expect(wrong.map(codeOf)).toEqual(wrong.map(() => 'EARG'))
  })
})

describe('by descriptor', () => {
  test('[NAT-1] a map has a life of its own beside the one it was made from', () => {
    const twin = BpfMap.fromFd(object.map('counts').fd)
    twin.write(0, words(5))
    twin.close()
    twin.close()
    expect(codeOf(() => twin.read(0, new Uint8Array(8)))).toBe('ECLOSED')
    const value = new Uint8Array(8)
    object.map('counts').read(0, value)
    expect(value).toEqual(words(5))
  })

  test('[NAT-9] what is no map is refused', () => {
    const descriptors = [0, 9999, object.program('put').fd]
    expect(descriptors.map((fd) => codeOf(() => BpfMap.fromFd(fd)))).toEqual(['EINVAL', 'EBADF', 'EINVAL'])
  })
})

describe('off the thread', () => {
  test('[NAT-3] an update of a slot completes although the map is closed meanwhile', async () => {
    const ring = Ring.createSync(1 << 16)
    const slots = BpfMap.fromFd(object.map('slots').fd)
    const update = slots.updateAsync(word32(0), word32(ring.fd))
    slots.close()
    await update
    const id = new Uint8Array(4)
    object.map('slots').lookup(word32(0), id)
    const map = BpfMap.fromFd(ring.fd)
    expect(new Uint32Array(id.buffer)[0]).toBe(map.id)
    map.close()
    ring.close()
  })

  test('[NAT-9] a failure rejects with a NativeError', async () => {
    const slots = object.map('slots')
    await expect(slots.updateAsync(word32(0), word32(9999))).rejects.toMatchObject({
      name: 'NativeError',
      code: 'EBADF',
      operation: 'update slots',
    })
    await expect(slots.updateAsync(word32(7), word32(object.map('counts').fd))).rejects.toHaveProperty('errno')
    await expect(slots.updateAsync(new Uint8Array(1), word32(0))).rejects.toHaveProperty('code', 'EARG')
  })
})

describe('an entry that is deleted off the thread', () => {
  test('[NAT-25] of a map-in-map is gone, and a second time says so', async () => {
    const ring = Ring.createSync(1 << 16)
    const slots = object.map('slots')
    slots.update(word32(0), word32(ring.fd))
    expect(await slots.deleteAsync(word32(0))).toBe(true)
    expect(slots.lookup(word32(0), new Uint8Array(4))).toBe(false)
    expect(await slots.deleteAsync(word32(0))).toBe(false)
    ring.close()
  })

  test('[NAT-3] [NAT-25] is deleted although the map is closed meanwhile', async () => {
    const table = object.map('table')
    for (const key of [10, 11, 12, 13]) table.delete(word32(key))
    table.update(word32(3), new Uint8Array(16))
    const twin = BpfMap.fromFd(table.fd)
    const deleting = twin.deleteAsync(word32(3))
    twin.close()
    expect(await deleting).toBe(true)
    expect(table.lookup(word32(3), new Uint8Array(16))).toBe(false)
  })

  test('[NAT-7] [NAT-9] wrong keys and failures reject', async () => {
    await expect(object.map('table').deleteAsync(new Uint8Array(3))).rejects.toHaveProperty('code', 'EARG')
    await expect(object.map('counts').deleteAsync(word32(0))).rejects.toMatchObject({ code: 'EINVAL' })
  })
})

describe('a hash that is drained', () => {
  const MANY = 8192

  test('[NAT-26] gives each entry once, with its value, and is empty then', async () => {
    const many = object.map('many')
    for (let key = 0; key < MANY; key += 1) many.update(words(key), words(key * 3))
    const { keys, values } = await many.drainAsync()
    const found = new BigUint64Array(keys.buffer)
    const of = new BigUint64Array(values.buffer)
    expect(found.length).toBe(MANY)
    expect(new Set(found).size).toBe(MANY)
    expect(found.every((key, at) => of[at] === key * 3n)).toBe(true)
    expect(await many.drainAsync()).toEqual({ keys: new Uint8Array(0), values: new Uint8Array(0) })
  })

  test('[NAT-26] a per-CPU value has room for every possible CPU, each padded to 8', async () => {
    const spread = object.map('spread')
    expect(spread.valueBytes).toBe(possibleCpus() * 16)
    const value = Uint8Array.from({ length: spread.valueBytes }, (_, at) => (at % 16 < 12 ? at : 0))
    spread.update(word32(5), value)
    expect(await spread.drainAsync()).toEqual({ keys: word32(5), values: value })
  })

  test.each(['EINVAL', 'ENOTSUP'] as const)('[NAT-26] entry by entry where batches fail with %s', (code) => {
    const script = fileURLToPath(new URL('./threads/drain.mjs', import.meta.url))
    const denied = [String(constants.errno[code]), 'lookup_and_delete_batch', process.execPath, script, PROBE]
    expect(JSON.parse(execFileSync(built('deny'), denied, { encoding: 'utf8' }))).toEqual({
      entries: 1000,
      exact: true,
      left: 0,
    })
  })

  test('[NAT-3] [NAT-26] is drained although it is closed meanwhile; other maps are refused', async () => {
    object.map('many').update(words(1), words(2))
    const twin = BpfMap.fromFd(object.map('many').fd)
    const draining = twin.drainAsync()
    twin.close()
    expect(await draining).toEqual({ keys: words(1), values: words(2) })
    await expect(twin.drainAsync()).rejects.toHaveProperty('code', 'ECLOSED')
    await expect(object.map('counts').drainAsync()).rejects.toHaveProperty('code', 'EARG')
  })
})
