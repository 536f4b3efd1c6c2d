/** What the agent takes while nobody looks: everything on that is on by default, no client. What the host does is told. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent } from './support/agent.mjs'
import { measure, sum } from './support/measure.mjs'

const MIB = 1024 * 1024
/** After the start: what is done once is done then, and what is compiled when it was used for a while. */
const SETTLE_MS = 20_000

async function seenBy(agent) {
  const { health } = await agent.status()
  return sum(health.fates.map(({ seen }) => seen))
}

/** A ring's pages are mapped twice, one time behind the other, and VmRSS counts both. */
async function buffersMib(agent) {
  const { health } = await agent.status()
  return sum(health.slots.map(({ capacityBytes }) => capacityBytes)) / MIB
}

await measure(async ({ once, rounds, say }) => {
  const milliseconds = once ? 1000 : 4000
  const agent = await Agent.start()
  try {
    await sleep(once ? 1000 : SETTLE_MS)
    const results = []
    for (let round = 0; round < rounds; round += 1) {
      const seenBefore = await seenBy(agent)
      const [startMs, startNs] = [performance.now(), agent.cpuNs()]
      await sleep(milliseconds)
      const tookMs = performance.now() - startMs
      const percent = ((agent.cpuNs() - startNs) / 1e6 / tookMs) * 100
      const resident = agent.residentBytes() / MIB
      const seen = (await seenBy(agent)) - seenBefore
      results.push({ percent, resident, perSecond: (seen * 1000) / tookMs })
      say(`idle: round ${round + 1} of ${rounds}`)
    }
    const of = (name) => results.map((result) => result[name])
    const twice = await buffersMib(agent)
    const events = { name: 'host', unit: 'events/s', values: of('perSecond') }
    const client = await agent.connect()
    const { seen, dropped, exact } = await agent.atRest(client)
    const ledger = { made: sum(Object.values(seen)), lost: dropped, exact }
    const memory = [
      { name: 'as the kernel tells it', unit: 'MiB', values: of('resident') },
      { name: 'of buffers in it twice', unit: 'MiB', values: [twice] },
    ]
    const row = (title, unit, goal, values, parts) => ({ title, unit, goal, values, parts, ...ledger })
    return [
      row('CPU at rest, of a core', '%', { below: 0.5 }, of('percent'), [events]),
      row(
        'memory that is resident, each page once',
        'MiB',
        { below: 120 },
        of('resident').map((mib) => mib - twice),
        memory,
      ),
    ]
  } finally {
    await agent.stop()
  }
})
