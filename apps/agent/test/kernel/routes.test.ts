/** Routes rewritten on a running host: a slot gets its buffer before it is routed to, and loses it after. */
import { setTimeout as sleep } from 'node:timers/promises'
import { EVENT_TYPES, TRANSPORTS } from '@ringside/protocol'
import { expect, test } from 'vitest'
import { ABI } from '../../src/source/abi.ts'
import type { KernelHost } from '../../src/source/kernel/host.ts'
import type { BufferWish } from '../../src/source/source.ts'
import { typeOffset } from './support/controls.ts'
import type { FastReader } from './support/fast-reader.ts'
import { droppedIn, expectBalanced, type FullSpeedResult, report, runAtFullSpeed } from './support/full-speed.ts'

/** As a preset by priority has them, and one by subsystem. */
const [NORMAL, SYSCALL] = [1, 6]
const MOVES = 10
const PAUSE_MS = 20
const WISH: BufferWish = { bytes: 16 * 1024 * 1024, sharding: 'single' }
/** The buffer takes more than a second of it. */
const PER_SECOND = 200_000
const TIMEOUT_MS = 120_000

/** One word of the control block: a type goes to one slot or to the other. */
function route(host: KernelHost, type: number, slot: number): void {
  host.writeControl(typeOffset(type) + ABI.structs.rs_type_control.members.slot, Uint8Array.of(slot))
}

/** In the order of the controller: give, route, take away. */
async function move(host: KernelHost, reader: FastReader, from: number, to: number): Promise<void> {
  await reader.place(to, WISH)
  for (const type of [EVENT_TYPES.load, EVENT_TYPES.tick]) route(host, type, to)
  await reader.remove(from)
}

async function runMoves(transport: 'ring' | 'perf', perSecond?: number): Promise<FullSpeedResult> {
  const moveMs: number[] = []
  const result = await runAtFullSpeed({
    ...{ transport, slot: NORMAL, slots: [NORMAL, SYSCALL], wish: WISH },
    ...(perSecond && { perSecond }),
    change: async (host, reader) => {
      for (let index = 0; index < MOVES; index += 1) {
        const [from, to] = index % 2 === 0 ? [NORMAL, SYSCALL] : [SYSCALL, NORMAL]
        const start = performance.now()
        await move(host, reader, from, to)
        moveMs.push(performance.now() - start)
        await sleep(PAUSE_MS)
      }
    },
  })
  report(`${transport}, ${MOVES} moves`, result, moveMs)
  return result
}

test.each(TRANSPORTS)(
  '[D4] [L6] moves between slots under load, with the old buffer taken away, lose nothing (%s)',
  {
    timeout: TIMEOUT_MS,
  },
  async (transport) => {
    const result = await runMoves(transport, PER_SECOND)
    expectBalanced(result)
    expect(droppedIn(result), 'dropped').toBe(0)
  },
)

test.each(TRANSPORTS)(
  '[D4] [L6] at full speed nothing is lost for want of a buffer, nor uncounted (%s)',
  {
    timeout: TIMEOUT_MS,
  },
  async (transport) => {
    const result = await runMoves(transport)
    expectBalanced(result)
    const noReader = result.ledger.fates.dropped_no_reader.reduce((sum, count) => sum + count, 0)
    expect(noReader, 'dropped for want of a reader').toBe(0)
  },
)
