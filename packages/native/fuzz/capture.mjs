#!/usr/bin/env node
/**
 * Makes the fuzzers' seeds anew: the memory of real buffers, as the kernel wrote it, and forgeries of it. Needs the
 * kernel and what the tests compile. The format is that of scene.h.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { BpfObject, onlineCpus, PerfBuffer, PerfReader, pinThread, Reader, Ring } from '@ringside/native'
import { main, run } from '../scripts/steps.mjs'

const PAGE = 4096
const CHOICE_OF_A_PAGE = 9
const HAS_UNTIL = 1
const MOVED_BY_OTHER = 2
const HEADER_BYTES = 22
const NO_WAKEUP = 1
const BUSY = 2 ** 31
const DISCARDED = 2 ** 30

const here = fileURLToPath(new URL('.', import.meta.url))
const built = join(here, '..', 'build', 'fuzz')
const probe = join(here, '..', 'test', 'build', 'probe.bpf.o')
const cpu = onlineCpus()[0]
const word = (value) => new Uint8Array(Uint32Array.of(value).buffer)
const words = (...values) => new Uint8Array(BigUint64Array.from(values, BigInt).buffer)

function loaded() {
  const object = BpfObject.open(probe)
  object.setInnerMap('undeclared', PAGE)
  object.load()
  return object
}

/** The memory of a buffer of one page, through its descriptor. */
function dump(kind, fd) {
  const { stdout, status } = spawnSync(join(built, 'dump'), [kind, String(PAGE)], {
    stdio: ['ignore', 'pipe', 'inherit', fd],
  })
  if (status !== 0) throw new Error(`dump ended with ${status}`)
  const consumer = stdout.readBigUInt64LE(0)
  return { consumer, there: stdout.readBigUInt64LE(8) - consumer, data: stdout.subarray(16) }
}

function scene({ consumer, there, data, flags = 0, room = PAGE, until = 0 }) {
  const bytes = Buffer.alloc(HEADER_BYTES + data.length)
  bytes.writeUInt8(CHOICE_OF_A_PAGE, 0)
  bytes.writeUInt8(flags, 1)
  bytes.writeUInt16LE(room, 2)
  bytes.writeBigUInt64LE(BigInt.asUintN(64, consumer), 4)
  bytes.writeBigUInt64LE(BigInt.asUintN(64, there), 12)
  bytes.writeUInt16LE(until, 20)
  data.copy(bytes, HEADER_BYTES)
  let end = bytes.length
  while (end > HEADER_BYTES && bytes[end - 1] === 0) end -= 1
  return bytes.subarray(0, end)
}

/** One ring in the object's slot, filled by `fill`. */
async function ringAfter(fill) {
  const object = loaded()
  const ring = Ring.createSync(PAGE)
  object.map('slots').update(word(0), word(ring.fd))
  const reader = Reader.open(ring.handle)
  const put = (bytes, value = 0) => object.testRun('put', words(bytes, value, NO_WAKEUP)) === 0
  const found = await fill({ object, reader, put, look: () => dump('ring', ring.fd) })
  const last = found ?? dump('ring', ring.fd)
  for (const held of [reader, ring, object]) held.close()
  return last
}

function perfAfter(fill) {
  const object = loaded()
  const buffer = PerfBuffer.createSync(PAGE, { cpu, wakeBytes: PAGE })
  object.map('perf').update(word(cpu), word(buffer.fd))
  const reader = PerfReader.open(buffer.handle)
  const put = (bytes, value = 0) => object.testRun('put_perf', words(bytes, value, cpu), { cpu }) === 0
  fill({ reader, put })
  const last = dump('perf', buffer.fd)
  for (const held of [reader, buffer, object]) held.close()
  return last
}

/** A record that the kernel holds busy, seen while it does. */
async function busyRing({ object, reader, put, look }) {
  put(24, 1)
  const [here = 0, there = 0] = onlineCpus()
  pinThread(here)
  const before = reader.producer()
  const file = new URL('../test/threads/hold.mjs', import.meta.url)
  const holder = new Worker(file, { workerData: { fd: object.program('hold').fd, cpu: there } })
  while (reader.producer() === before);
  put(8, 2)
  const seen = look()
  object.map('counts').write(8, words(1))
  await new Promise((resolve) => holder.once('exit', resolve))
  pinThread(null)
  return seen
}

function wrapping({ put, reader }) {
  const chunk = new Uint8Array(PAGE)
  for (let value = 0; value < 7; value += 1) {
    put(1000, value)
    if (value < 5) reader.consume(chunk)
  }
}

function several({ put }) {
  for (const [value, bytes] of [8, 9, 15, 16, 17, 100].entries()) put(bytes, value)
}

function full({ put }) {
  for (let value = 0; put(8, value); value += 1);
}

/** The same memory with one 32-bit word overwritten, `at` bytes behind the consumer. */
function forged({ consumer, there, data }, at, value) {
  const copy = Buffer.from(data)
  copy.writeUInt32LE(value >>> 0, (Number(consumer) + at) % PAGE)
  return { consumer, there, data: copy }
}

/** What may be wrong with the positions, and what may be asked for. */
function asked(whole) {
  return {
    'until-record': { ...whole, flags: HAS_UNTIL, until: 24 },
    'until-inside': { ...whole, flags: HAS_UNTIL, until: 20 },
    'small-room': { ...whole, room: 300 },
    'truncated-4': { ...whole, there: whole.there - 4n },
    'truncated-8': { ...whole, there: whole.there - 8n },
    'consumer-odd': { ...whole, consumer: whole.consumer + 4n },
    'consumer-moved': { ...whole, flags: MOVED_BY_OTHER },
    'consumer-at-end': { ...whole, consumer: 2n ** 64n - 4096n },
    'producer-behind': { ...whole, there: -8n },
    'producer-far': { ...whole, there: 8192n },
  }
}

async function realRings() {
  return {
    several: await ringAfter(several),
    full: await ringAfter(full),
    wrapping: await ringAfter(wrapping),
    busy: await ringAfter(busyRing),
    discarded: await ringAfter(({ object, put }) => {
      for (let value = 0; value < 3; value += 1) {
        object.testRun('discard', new Uint8Array(0))
        put(20, value)
      }
    }),
  }
}

function realPerfs() {
  return {
    several: perfAfter(several),
    full: perfAfter(full),
    wrapping: perfAfter(wrapping),
    lost: perfAfter(({ put, reader }) => {
      for (let value = 0; put(100, value); value += 1);
      reader.consume(new Uint8Array(1000))
      put(100, 1)
      put(100, 2)
    }),
  }
}

function ringSeeds(rings) {
  return {
    ...rings,
    ...asked(rings.several),
    'busy-second': forged(rings.several, 16, BUSY + 9),
    'discarded-first': forged(rings.several, 0, DISCARDED + 8),
    'discarded-oversized': forged(rings.several, 0, DISCARDED + PAGE),
    'length-largest': forged(rings.several, 0, DISCARDED - 1),
    'length-capacity': forged(rings.several, 0, PAGE),
    'length-empty': forged(rings.several, 0, 0),
  }
}

function perfSeeds(perfs) {
  return {
    ...perfs,
    ...asked(perfs.several),
    'size-none': forged(perfs.several, 4, 0),
    'size-odd': forged(perfs.several, 4, 20 << 16),
    'size-largest': forged(perfs.several, 4, 0xfff8 << 16),
    'sample-empty': forged(perfs.several, 4, 8 << 16),
    'raw-longer': forged(perfs.several, 8, 2 ** 32 - 1),
    'raw-shorter': forged(perfs.several, 8, 1),
    'lost-short': forged(perfs.several, 0, 2),
    'other-type': forged(perfs.several, 0, 77),
  }
}

await main('capture', async () => {
  mkdirSync(built, { recursive: true })
  run('cc', ['-O1', '-Wall', join(here, 'dump.c'), '-o', join(built, 'dump')])
  const seeds = { ring: ringSeeds(await realRings()), perf: perfSeeds(realPerfs()) }
  for (const [kind, scenes] of Object.entries(seeds)) {
    const folder = join(here, 'seeds', kind)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const [name, contents] of Object.entries(scenes)) writeFileSync(join(folder, `${name}.bin`), scene(contents))
  }
})
