/** What the agent takes while nobody looks: everything on that is on by default, no client. What the host does is told. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent } from './support/agent.mjs'
import { measure } from './support/measure.mjs'

const MIB = 1024 * 1024
/** After the start: what is done once is done then. */
const SETTLE_MS = 4000

async function seenBy(agent) {
  const { health } = await agent.status()
  return health.fates.reduce((total, { seen }) => total + seen, 0)
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
      results.push({ percent, mib: agent.residentBytes() / MIB, perSecond: (await seenBy(agent)) - seenBefore })
      say(`idle: round ${round + 1} of ${rounds}`)
    }
    const events = {
      name: 'host',
      unit: 'events/s',
      values: results.map(({ perSecond }) => (perSecond * 1000) / milliseconds),
    }
    const client = await agent.connect()
    const { seen, dropped, exact } = await agent.atRest(client)
    const ledger = { made: Object.values(seen).reduce((total, count) => total + count, 0), lost: dropped, exact }
    const row = (title, unit, goal, values) => ({ title, unit, goal, values, parts: [events], ...ledger })
    return [
      row(
        'CPU at rest, of a core',
        '%',
        { below: 0.5 },
        results.map(({ percent }) => percent),
      ),
      row(
        'memory that is resident',
        'MiB',
        { below: 120 },
        results.map(({ mib }) => mib),
      ),
    ]
  } finally {
    await agent.stop()
  }
})
