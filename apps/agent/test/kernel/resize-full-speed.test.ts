/** Live swaps against the real kernel, under a load that no reader keeps up with: the ledger of every stream. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Transport } from '@ringside/protocol'
import { test } from 'vitest'
import type { BufferWish } from '../../src/source/source.ts'
import { expectBalanced, report, runAtFullSpeed } from './support/full-speed.ts'
import { randomSizes } from './support/sizes.ts'

const SLOT = 2
const RESIZES = 50
const SWITCHES = 20
const PAUSE_MS = 20
const TIMEOUT_MS = 180_000

/** @param wishes one swap each; the first is what the slot begins with */
async function runSwaps(title: string, transport: Transport, wishes: readonly BufferWish[]): Promise<void> {
  const [wish = { bytes: 0, sharding: 'single' }, ...rest] = wishes
  const swapMs: number[] = []
  const result = await runAtFullSpeed({
    ...{ transport, slot: SLOT, slots: [SLOT], wish },
    change: async (_host, reader) => {
      for (const next of rest) {
        swapMs.push(await reader.swap(SLOT, next))
        await sleep(PAUSE_MS)
      }
    },
  })
  expectBalanced(result)
  report(title, result, swapMs)
}

test('[D5] [L6] 50 resizes of 4 KiB to 64 MiB at full speed leave nothing unaccounted, twice or out of order', {
  timeout: TIMEOUT_MS,
}, async () => {
  const wishes = randomSizes(RESIZES, 12, 26).map((bytes): BufferWish => ({ bytes, sharding: 'single' }))
  await runSwaps('one ring', 'ring', wishes)
})

test('[D15] [L6] 20 switches between one ring and rings by CPU at full speed leave nothing unaccounted, twice or out of order', {
  timeout: TIMEOUT_MS,
}, async () => {
  const wishes = randomSizes(SWITCHES, 14, 24).map((bytes, at): BufferWish => {
    return { bytes, sharding: at % 2 === 0 ? 'single' : 'cpu' }
  })
  await runSwaps('one ring and rings by CPU in turns', 'ring', wishes)
})

test('[D15] [L6] 20 resizes of rings by CPU at full speed leave nothing unaccounted, twice or out of order', {
  timeout: TIMEOUT_MS,
}, async () => {
  const wishes = randomSizes(SWITCHES, 14, 24).map((bytes): BufferWish => ({ bytes, sharding: 'cpu' }))
  await runSwaps('rings by CPU', 'ring', wishes)
})

test('[D5] [L6] 20 resizes of perf buffers at full speed leave nothing unaccounted, twice or out of order', {
  timeout: TIMEOUT_MS,
}, async () => {
  const wishes = randomSizes(SWITCHES, 14, 24).map((bytes): BufferWish => ({ bytes, sharding: 'cpu' }))
  await runSwaps('perf buffers', 'perf', wishes)
})
