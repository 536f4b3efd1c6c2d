/** A million system calls a second, all the way to one client: none thinned, none lost, and what that takes of the agent. */
import { setTimeout as sleep } from 'node:timers/promises'
import { onlineCpus } from '@ringside/native'
import { Agent } from './support/agent.mjs'
import { measure, sum } from './support/measure.mjs'
import { Tool } from './support/tools.mjs'

const MILLION = 1_000_000
/** Several flushes. */
const SETTLE_MS = 200
const [cpu] = onlineCpus()

async function run(agent, client, calls) {
  const tool = await new Tool('calls', [cpu, calls, MILLION]).ready()
  const before = { rows: client.rows, bytes: client.bytes, cpuNs: agent.cpuNs() }
  const { wallNs } = await tool.go()
  const cpuNs = agent.cpuNs() - before.cpuNs
  await sleep(SETTLE_MS)
  const rows = client.rows - before.rows
  return {
    percent: (cpuNs / wallNs) * 100,
    perSecond: (calls / wallNs) * 1e9,
    rows,
    bytesPerRow: (client.bytes - before.bytes) / rows,
    arrived: rows >= calls,
  }
}

await measure(async ({ once, rounds, say }) => {
  const calls = once ? 200_000 : 3 * MILLION
  const agent = await Agent.start()
  try {
    const client = await agent.connect()
    client.subscribe()
    await run(agent, client, calls)
    const results = []
    for (let round = 0; round < rounds; round += 1) {
      results.push(await run(agent, client, calls))
      say(`every event: round ${round + 1} of ${rounds}`)
    }
    const { seen, dropped, exact, consumed } = await agent.atRest(client)
    await sleep(SETTLE_MS)
    const told = { thinned: client.thinned, skipped: client.skipped, withheld: client.withheld }
    const lost = dropped + sum(Object.values(told))
    const parts = [
      { name: 'made', unit: 'M/s', values: results.map(({ perSecond }) => perSecond / MILLION) },
      { name: 'wire', unit: 'bytes', values: results.map(({ bytesPerRow }) => bytesPerRow) },
    ]
    const made = sum(Object.values(seen))
    const balanced = exact && client.rows + told.thinned === client.matched
    say(`every event: ${JSON.stringify({ ...told, dropped, consumed, rows: client.rows, matched: client.matched })}`)
    return [
      {
        title: 'agent while every event of 1 M/s goes to a client, of a core',
        unit: '%',
        goal: { below: 20 },
        values: results.map(({ percent }) => percent),
        parts,
        made,
        lost,
        exact: balanced,
      },
      {
        title: 'events of 1 M/s that did not reach the client: dropped, thinned, skipped, withheld',
        unit: 'lost',
        goal: { max: 0 },
        values: [lost],
        parts,
        made,
        lost,
        exact: balanced,
      },
    ]
  } finally {
    await agent.stop()
  }
})
