/** Maps by key and in place, against the real kernel. */
import { BpfMap, type BpfObject, possibleCpus, Ring } from '@ringside/native'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeOf, openProbe, word32, words } from './probe.ts'

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
