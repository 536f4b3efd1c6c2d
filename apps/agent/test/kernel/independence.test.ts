/** Slots are domains of failure of their own, and no wait for the kernel is on the main thread. */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { onlineCpus, Ticker } from '@ringside/native'
import { TRANSPORTS } from '@ringside/protocol'
import { describe, expect, test } from 'vitest'
import { buffersOf } from './support/controls.ts'
import { startProducers } from './support/producers.ts'
import { Stage } from './support/stage.ts'

const [CRITICAL, DEBUG] = [0, 2]
const TICKS_HZ = 5000
const FLOOD_MS = 1000
const TIMEOUT_MS = 60_000

test.each(TRANSPORTS)(
  '[RNG-9] a flood of one slot drops nothing of another (%s)',
  {
    timeout: TIMEOUT_MS,
  },
  async (transport) => {
    const stage = await Stage.open({
      ...{ transport, buffers: buffersOf({ [CRITICAL]: 8 * 1024 * 1024, [DEBUG]: 64 * 1024 }) },
      control: { types: { tick: CRITICAL, load: DEBUG } },
      attach: ['on_tick'],
    })
    const tickers = onlineCpus().map((cpu) => new Ticker(TICKS_HZ, cpu))
    const producers = await startProducers(stage.host, null)
    await stage.during(sleep(FLOOD_MS))
    const { made } = await stage.during(producers.stop())
    for (const ticker of tickers) ticker.close()
    await stage.rest()
    stage.pass()
    expect(stage.violations()).toEqual([])
    const flooded = stage.fates(DEBUG)
    const critical = stage.fates(CRITICAL, 'tick')
    expect(flooded.seen).toBe(made)
    expect(flooded.dropped_full, 'the flood is one').toBeGreaterThan(made / 10)
    expect(critical).toEqual({ seen: critical.seen, submitted: critical.seen })
    expect(critical.seen).toBeGreaterThan((TICKS_HZ * FLOOD_MS) / 1000)
  },
)

describe('[RNG-1] the main thread goes on while the kernel is waited for', () => {
  /** Turns of the event loop until it is done. */
  async function turnsDuring(what: Promise<unknown>): Promise<number> {
    let done = false
    const ended = what.finally(() => {
      done = true
    })
    let turns = 0
    for (; !done; turns += 1) await nextTurn()
    await ended
    return turns
  }

  test.each(TRANSPORTS)(
    'by buffers that are made, put into slots and taken away, and by tables (%s)',
    async (transport) => {
      const { host } = await Stage.open({ transport, buffers: [], control: { types: {} } })
      const buffer = await host.createBuffer(1 << 20, 'cpu', DEBUG)
      const waits = {
        create: await turnsDuring(host.createBuffer(1 << 24, 'cpu', DEBUG)),
        install: await turnsDuring(host.installBuffer(DEBUG, buffer.handle)),
        settle: await turnsDuring(host.settle()),
        takeTables: await turnsDuring(host.takeTables()),
        remove: await turnsDuring(host.removeBuffer(DEBUG)),
      }
      for (const [name, turns] of Object.entries(waits)) expect(turns, name).toBeGreaterThan(1)
    },
  )
})
