/** The two halves of the kernel source against the real kernel. */
import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { BpfMap, onlineCpus, pinThread } from '@ringside/native'
import { EVENT_TYPES } from '@ringside/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ABI, LIMITS, ROW_BYTES_IN_USE, ringBytes } from '../../src/source/abi.ts'
import { probeAbilities } from '../../src/source/kernel/abilities.ts'
import { KernelFeed } from '../../src/source/kernel/feed.ts'
import { Generator } from '../../src/source/kernel/generator.ts'
import { KernelHost } from '../../src/source/kernel/host.ts'
import { WATCHING } from '../../src/source/kernel/programs.ts'
import { buffersOf, controlBlock, generate } from './support/controls.ts'
import { held, openLinks } from './support/held.ts'

const LOAD = EVENT_TYPES.load
const here = fileURLToPath(import.meta.url)
const SLOT = 1
const PAGE = 4096
const WAKE_BYTES = 200
const LONG_MICROS = 5_000_000

let host: KernelHost
let feed: KernelFeed

/** Records of one type, the load generator's, go to the slot under test, which wakes at WAKE_BYTES. */
const CONTROL = controlBlock({ types: { load: SLOT }, policies: { [SLOT]: { wake_bytes: WAKE_BYTES } } })

/** @returns bytes taken in one pass */
function pass(): number {
  const chunk = new Uint8Array(1 << 16)
  let taken = 0
  feed.beginPass()
  for (let bytes = feed.read(SLOT, chunk); bytes > 0; bytes = feed.read(SLOT, chunk)) taken += bytes
  return taken
}

const RECORD = ringBytes(ABI.structs.rs_load.bytes)

beforeEach(async () => {
  host = await KernelHost.open({ buffers: buffersOf({ [SLOT]: 1 << 16 }), control: () => CONTROL, attach: [] })
  feed = new KernelFeed(host.feed())
})

afterEach(async () => {
  feed.close()
  await host.close()
})

test('[L2] what the programs output is what the feed reads', () => {
  generate(host, 100)
  expect(feed.state(SLOT)).toMatchObject({ capacityBytes: 1 << 16, producer: 100 * RECORD, consumer: 0 })
  expect(pass()).toBe(100 * RECORD)
  expect(pass()).toBe(0)
  expect(feed.state(0)).toBeNull()
})

test('[L1] the rows hold what was seen', () => {
  generate(host, 7)
  const rows = new BigUint64Array((feed.cpus * LIMITS.rows * ABI.structs.rs_row.bytes) / 8)
  feed.rows(new Uint8Array(rows.buffer))
  const { rs_row, rs_fates } = ABI.structs
  const fates = (rs_row.members.fates + (SLOT * LIMITS.types + LOAD) * rs_fates.bytes) / 8
  const seen = Array.from({ length: feed.cpus * LIMITS.rows }, (_, row) => rows[(row * rs_row.bytes) / 8 + fates] ?? 0n)
  expect(seen.reduce((sum, count) => sum + count, 0n)).toBe(7n)
})

test('[L1] of each row only what may change is copied: on large hosts the rest is most of it', () => {
  const bytes = ABI.structs.rs_row.bytes
  const rows = new Uint8Array(feed.cpus * LIMITS.rows * bytes).fill(0xff)
  feed.rows(rows)
  for (let at = 0; at < rows.length; at += bytes) {
    const row = rows.subarray(at, at + bytes)
    expect(row.findLastIndex((byte) => byte !== 0xff)).toBe(ROW_BYTES_IN_USE - 1)
  }
})

test('[D6] controls are read back from where the programs read them', () => {
  const at = ABI.structs.rs_control.members.paused
  host.writeControl(at, Uint8Array.of(1, 0))
  expect(host.readControl()[at]).toBe(1)
  generate(host, 5)
  expect(pass()).toBe(0)
  host.writeControl(at, Uint8Array.of(0, 0))
  generate(host, 5)
  expect(pass()).toBe(5 * RECORD)
})

test('[D12] the agent learns its own process as the records name it', async () => {
  const opens = await KernelHost.open({
    buffers: buffersOf({ [SLOT]: 1 << 20 }),
    control: () => controlBlock({ types: { open: SLOT } }),
    attach: ['on_open'],
  })
  const watching = new KernelFeed(opens.feed())
  try {
    closeSync(openSync(here, 'r'))
    const chunk = new Uint8Array(1 << 20)
    watching.beginPass()
    const bytes = watching.read(SLOT, chunk)
    const { path, task } = ABI.structs.rs_open.members
    const records = Buffer.from(chunk.buffer, 0, bytes)
    const at = records.indexOf(here) - path
    expect(at).toBeGreaterThan(0)
    expect(opens.agentPid).toBe(records.readUInt32LE(at + task))
  } finally {
    watching.close()
    await opens.close()
  }
})

test('[D5] a swap keeps what stands in the old ring, and lets go of it', async () => {
  const old = host.feed().buffers[SLOT]?.handle ?? 0
  generate(host, 10)
  const buffer = await host.createBuffer(PAGE, 'single', SLOT)
  expect(buffer.capacityBytes).toBe(PAGE)
  feed.adopt(SLOT, buffer)
  await host.installBuffer(SLOT, buffer.handle)
  generate(host, 10)
  expect(feed.state(SLOT)).toMatchObject({ capacityBytes: PAGE, producer: 20 * RECORD })
  feed.swapped(SLOT)
  expect(feed.retired()).toEqual([])
  expect(pass()).toBe(20 * RECORD)
  expect(feed.retired()).toEqual([old])
  host.closeBuffer(old)
  generate(host, 1)
  expect(pass()).toBe(RECORD)
})

test('[RSZ-5] a swap that fails leaves the old ring at work', async () => {
  const buffer = await host.createBuffer(PAGE, 'single', SLOT)
  feed.adopt(SLOT, buffer)
  await expect(host.installBuffer(LIMITS.slots, buffer.handle)).rejects.toThrow('no slot')
  feed.abandoned(SLOT)
  host.closeBuffer(buffer.handle)
  generate(host, 3)
  expect(pass()).toBe(3 * RECORD)
})

test('[RSZ-1] an illegal size is refused before any system call', async () => {
  await expect(host.createBuffer(5000, 'single', SLOT)).rejects.toMatchObject({ code: 'EARG' })
  await expect(host.createBuffer(PAGE / 2, 'single', SLOT)).rejects.toMatchObject({ code: 'EARG' })
})

test('[RSZ-1] the largest size is legal', async () => {
  const { handle, capacityBytes } = await host.createBuffer(1 << 26, 'single', SLOT)
  expect(capacityBytes).toBe(1 << 26)
  host.closeBuffer(handle)
})

test('[RNG-3] a sleeping feed is woken once there is enough, not before, and by the host at once', () => {
  const enough = Math.ceil(WAKE_BYTES / RECORD)
  feed.wait(0)
  feed.setAsleep(true)
  generate(host, enough - 1)
  const begin = performance.now()
  feed.wait(30_000)
  expect(performance.now() - begin, 'less than enough').toBeGreaterThan(29)
  generate(host, 1)
  const start = performance.now()
  feed.wait(LONG_MICROS)
  host.wake()
  feed.wait(LONG_MICROS)
  expect(performance.now() - start).toBeLessThan(LONG_MICROS / 2000)
})

test('[RNG-3] a feed that is awake is not woken', () => {
  feed.wait(0)
  feed.setAsleep(true)
  feed.setAsleep(false)
  generate(host, 100)
  const start = performance.now()
  feed.wait(30_000)
  expect(performance.now() - start).toBeGreaterThan(29)
  expect(pass()).toBe(100 * RECORD)
})

test('[RNG-3] producers of a slot that is left awake do not wake the reader', () => {
  feed.wait(0)
  feed.setAsleep(true, [SLOT])
  generate(host, 100)
  const start = performance.now()
  feed.wait(30_000)
  expect(performance.now() - start).toBeGreaterThan(29)
  feed.setAsleep(false)
  expect(pass()).toBe(100 * RECORD)
})

test('[ACC-13] skipped runs are a number on this kernel, for what is attached', async () => {
  const watching = await KernelHost.open()
  expect(watching.missed()).toBeGreaterThanOrEqual(0)
  await watching.close()
})

test('[LIF-1] a start that fails leaves nothing behind', async () => {
  const before = held()
  const missing = 'no_such_program'
  await expect(KernelHost.open({ attach: ['on_exec', missing] })).rejects.toThrow(missing)
  expect(held()).toEqual(before)
  const also = { [EVENT_TYPES.exec]: missing }
  await expect(Generator.create({ bytes: PAGE, also })).rejects.toThrow(missing)
  expect(held()).toEqual(before)
})

test('[LIF-1] a buffer that is made while the host is closed is closed as well', async () => {
  const before = held()
  const closing = await KernelHost.open({ attach: [] })
  const made = closing.createBuffer(PAGE, 'cpu', SLOT)
  await closing.close()
  await expect(made).rejects.toThrow('closed')
  expect(held()).toEqual(before)
})

test('[LIF-1] nothing stays attached after close, and closing twice is nothing', async () => {
  const watching = await KernelHost.open()
  expect(openLinks()).toBe(WATCHING.length)
  await watching.close()
  await watching.close()
  expect(openLinks()).toBe(0)
  watching.wake()
})

test('[LIF-2] a later feed goes on where the last one stopped', () => {
  generate(host, 4)
  pass()
  generate(host, 2)
  feed.close()
  feed = new KernelFeed(host.feed())
  expect(pass()).toBe(2 * RECORD)
})

test('[D13] records of every CPU come through', () => {
  for (const cpu of onlineCpus()) {
    pinThread(cpu)
    generate(host, 2)
  }
  pinThread(null)
  expect(pass()).toBe(onlineCpus().length * 2 * RECORD)
})

test('[PRV-6] the descriptors that a feed is given are maps', () => {
  const { rowsFd, wakeFd, controlFd } = host.feed()
  const names = [rowsFd, wakeFd, controlFd].map((fd) => {
    const map = BpfMap.fromFd(fd)
    map.close()
    return map.name
  })
  expect(names).toEqual(['rows', 'wake', 'control'])
})

test('[LIF-6] this host can do all that the kernel source needs, and doctor says so', () => {
  const abilities = probeAbilities()
  expect(abilities.filter(({ ok }) => !ok)).toEqual([])
  expect(new Set(abilities.map(({ id }) => id)).size).toBe(abilities.length)
})
