import { type Batch, decodeBatch, droppedOf } from '@ringside/protocol'
import { afterEach, expect, test, vi } from 'vitest'
import { singles } from '../synthetic/source.ts'
import { EVERYTHING, inexact, sumOf, Thread } from './thread.ts'

/* Health comes once a second, and the machine may have other work. */
vi.setConfig({ testTimeout: 60_000 })

let thread: Thread | null = null

function start(...options: ConstructorParameters<typeof Thread>): Thread {
  thread = new Thread(...options)
  return thread
}

afterEach(async () => {
  await thread?.end()
  thread = null
})

function batchesOf(ingest: Thread): Batch[] {
  return ingest.publications().flatMap(({ frame }) => {
    if (frame === null) return []
    const batch = decodeBatch(frame)
    if (!batch.ok) throw new Error(batch.message)
    return [batch]
  })
}

test('[L1][L2][L3][L4][L6] exact after the drain when every ring of 4 KiB overflowed', async () => {
  const ingest = start({ buffers: singles(4096, 4096, 4096), eventsPerSecond: 300_000 })
  ingest.tell({ type: 'demands', version: 1, demands: [EVERYTHING] })
  await ingest.health((health) => sumOf(health, droppedOf) > 10_000)
  const last = await ingest.finish()
  expect(inexact(last.laws)).toEqual([])
  expect(sumOf(last, (fates) => fates.consumed)).toBeGreaterThan(0)
  for (const slot of last.slots) expect(slot.usedBytes).toBe(0)
})

test('[L1][L2][L3][L4][L6] no law is violated while events flow', async () => {
  const ingest = start({ eventsPerSecond: 100_000 })
  ingest.tell({ type: 'demands', version: 1, demands: [EVERYTHING] })
  const healths = [await ingest.health(), await ingest.health(), await ingest.health()]
  expect(healths.flatMap(({ laws }) => laws.filter(({ verdict }) => verdict === 'violated'))).toEqual([])
  expect(healths.map(({ number }) => number)).toEqual([1, 2, 3].map((n) => n + (healths[0]?.number ?? 0) - 1))
})

test('[L4] without credit eight publications are sent, and the rest is withheld and counted', async () => {
  const ingest = start()
  ingest.givesCredit = false
  ingest.controls.pause(true)
  ingest.tell({ type: 'demands', version: 1, demands: [EVERYTHING] })
  await ingest.health()
  ingest.controls.pause(false)
  await ingest.health((health) => health.withheld > 0)
  const last = await ingest.finish()
  expect(ingest.messages.filter(({ type }) => type === 'published')).toHaveLength(8)
  expect(inexact(last.laws)).toEqual([])
  expect(ingest.publications().reduce((sum, { matched }) => sum + matched, 0)).toBe(last.published)
  expect(last.published + last.withheld).toBe(sumOf(last, (fates) => fates.decoded))
})

test('[L4] matched = rows + thinned, and what every client could see is what was published', async () => {
  const ingest = start({ eventsPerSecond: 50_000 })
  ingest.controls.pause(true)
  const some = { ...EVERYTHING, id: 2, rowsPerSecond: 1000 }
  ingest.tell({ type: 'demands', version: 1, demands: [EVERYTHING, some] })
  await ingest.health()
  ingest.controls.pause(false)
  await ingest.health((health) => health.published > 20_000)
  const last = await ingest.finish()
  for (const id of [1, 2]) {
    const mine = ingest.publications().filter(({ demand }) => demand === id)
    const total = (of: 'rows' | 'matched' | 'thinned') => mine.reduce((sum, publication) => sum + publication[of], 0)
    expect(total('matched')).toBe(last.published)
    expect(total('rows') + total('thinned')).toBe(total('matched'))
  }
  const thinned = ingest.publications().filter(({ demand }) => demand === 2)
  expect(thinned.reduce((sum, { rows }) => sum + rows, 0)).toBeLessThan(1000 * (last.upMs / 1000 + 0.2))
})

test('rows of a frame are sorted by time, and carry what their records say', async () => {
  const ingest = start()
  ingest.tell({ type: 'demands', version: 1, demands: [EVERYTHING] })
  await ingest.health((health) => health.published > 5000)
  await ingest.finish()
  const batches = batchesOf(ingest)
  for (const { timeNs } of batches) expect([...timeNs]).toEqual([...timeNs].sort((a, b) => a - b))
  const comms = new Set(batches.flatMap(({ comm, strings }) => Array.from(comm, (index) => strings[index])))
  for (const name of ['nginx', 'postgres', 'sshd']) expect(comms).toContain(name)
})

test('a text is looked for in all that a row shows, and only matching rows are counted', async () => {
  const ingest = start()
  ingest.tell({
    type: 'demands',
    version: 1,
    demands: [{ ...EVERYTHING, filter: { types: [], slots: [], text: 'NGINX' } }],
  })
  await ingest.health((health) => health.published > 5000)
  const last = await ingest.finish()
  const matched = ingest.publications().reduce((sum, publication) => sum + publication.matched, 0)
  expect(matched).toBeGreaterThan(0)
  expect(matched).toBeLessThan(last.published)
  for (const { comm, strings, rows } of batchesOf(ingest)) {
    const names = Array.from(comm, (index) => strings[index])
    expect(names.filter((name) => name === 'nginx')).toHaveLength(rows)
  }
})

test('[L6] a frame tells where events were lost', async () => {
  const ingest = start({ buffers: singles(1 << 24, 1 << 24, 4096), eventsPerSecond: 50_000 })
  ingest.tell({ type: 'demands', version: 1, demands: [EVERYTHING] })
  await ingest.health((health) => health.number > 2)
  await ingest.finish()
  const gaps = batchesOf(ingest).flatMap((batch) => batch.gaps)
  expect(gaps.length).toBeGreaterThan(0)
  expect(new Set(gaps.map(({ slot }) => slot))).toEqual(new Set([2]))
})

test('[L1][L2][L3][L6] exact after 20 swaps in flight, of one ring and a ring per CPU, each old one let go, the numbers in order', async () => {
  const ingest = start({ eventsPerSecond: 100_000 })
  await ingest.health()
  const let_go = new Set<number>()
  const expected = new Set<number>()
  let current = ingest.host.feed().buffers[2]?.handle as number
  for (let round = 0; round < 20; round += 1) {
    const buffer = await ingest.host.createBuffer(8192 << (round % 7), round % 2 === 0 ? 'cpu' : 'single', 2)
    ingest.tell({ type: 'adopt', slot: 2, buffer, request: round })
    await ingest.until((message) => (message.type === 'adopted' && message.request === round ? true : undefined))
    await ingest.host.installBuffer(2, buffer.handle)
    ingest.tell({ type: 'swapped', slot: 2 })
    expected.add(current)
    current = buffer.handle
  }
  const last = await ingest.finish()
  for (const message of ingest.messages) {
    if (message.type === 'retired') for (const handle of message.handles) let_go.add(handle)
  }
  expect(let_go).toEqual(expected)
  expect(inexact(last.laws)).toEqual([])
  expect(last.slots[2]).toMatchObject({ ringEpoch: 20, parts: 1, capacityBytes: 8192 << (19 % 7) })
})

test('an abandoned ring is answered, and the slot keeps its own', async () => {
  const ingest = start()
  const buffer = await ingest.host.createBuffer(8192, 'single', 1)
  ingest.tell({ type: 'adopt', slot: 1, buffer, request: 1 })
  ingest.tell({ type: 'abandoned', slot: 1, request: 2 })
  await ingest.until((message) => (message.type === 'adopted' && message.request === 2 ? true : undefined))
  const last = await ingest.finish()
  expect(last.slots[1]).toMatchObject({ ringEpoch: 0, capacityBytes: 64 * 1024 })
})

test('[ACC-6] a loss is in the next health although no later event is delivered', async () => {
  const ingest = start({ buffers: singles(1 << 20, 1 << 20, null) })
  const health = await ingest.health((found) => (found.slots[2]?.tail ?? 0) > 0)
  expect(health.slots[2]).toMatchObject({ slot: 'debug', gaps: 0, capacityBytes: 0 })
  expect(health.slots[2]?.firstDropMs).not.toBeNull()
})

test('the top tables name who causes the events', async () => {
  const ingest = start()
  await ingest.health((health) => health.number >= 2)
  await ingest.finish()
  const top = ingest.messages.flatMap((message) => (message.type === 'top' ? [message.top] : [])).at(-1)
  expect(top?.tables.process.rows.slice(0, 3).map(({ label }) => label)).toContain('postgres')
  expect(top?.tables.syscall.rows.map(({ label }) => label)).toContain('epoll_wait')
  expect(top?.tables.file.rows.map(({ label }) => label)).toContain('/etc/ld.so.cache')
  expect(top?.tables.remote.rows[0]?.label).toBe('10.0.3.40')
})

test('a stop while nothing happens is answered at once', async () => {
  const ingest = start()
  ingest.controls.pause(true)
  await ingest.health()
  const before = performance.now()
  await ingest.finish()
  expect(performance.now() - before).toBeLessThan(1500)
})

test('a feed that cannot be opened is told, with the reason', async () => {
  const feed = {
    kind: 'synthetic',
    cpus: 1,
    seed: 1,
    eventsPerSecond: 1,
    shared: new SharedArrayBuffer(0),
  } as const
  const ingest = start({}, { feed: { ...feed, buffers: [] } })
  const message = await ingest.until((found) => (found.type === 'failed' ? found.message : undefined))
  expect(message).toContain('RangeError')
})
