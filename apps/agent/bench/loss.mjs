/**
 * A million files opened at full speed, with their paths: what is lost with the buffers as they are by default, and
 * whether the ledger is exact then, and where everything overflows. All that the agent watches by default is on.
 */
import { onlineCpus } from '@ringside/native'
import { Agent } from './support/agent.mjs'
import { measure, sum } from './support/measure.mjs'
import { Tool } from './support/tools.mjs'

const MILLION = 1_000_000
const SHORT = 50_000
/** Not there: each open is one call. */
const PATH = '/var/lib/ringside-bench/some/where/a-file-that-is-not-there'
const SMALL = ['--normal', '64KiB', '--debug', '64KiB']

const [cpu] = onlineCpus()

/** @returns for each round, what it lost, how fast it was, and whether the ledger was exact */
async function run(agent, client, opens, rounds, say) {
  const results = []
  // Of the first round what came since the agent's start is part.
  let before = { seen: {}, dropped: 0 }
  for (let round = 0; round < rounds; round += 1) {
    const tool = await new Tool('calls', [cpu, opens, 0, PATH]).ready()
    await client.command({ op: 'pause', on: false })
    const { wallNs } = await tool.go()
    const after = await agent.atRest(client)
    const seen = (after.seen.open ?? 0) - (before.seen.open ?? 0)
    const lost = after.dropped - before.dropped
    say(`loss: round ${round + 1} of ${rounds}: ${lost} lost, at ${Math.round((opens / wallNs) * 1e9)} opens/s`)
    results.push({
      lost,
      perSecond: (opens / wallNs) * 1e9,
      // Others on this host may open files too.
      exact: after.exact && seen >= opens,
      all: sum(Object.values(after.seen)) - sum(Object.values(before.seen)),
    })
    before = after
  }
  return results
}

async function row(title, goal, args, opens, rounds, say) {
  const agent = await Agent.start(...args)
  try {
    const results = await run(agent, await agent.connect(), opens, rounds, say)
    return {
      title,
      unit: 'lost',
      goal,
      values: results.map(({ lost }) => lost),
      parts: [{ name: 'workload', unit: 'M opens/s', values: results.map(({ perSecond }) => perSecond / MILLION) }],
      made: sum(results.map(({ all }) => all)),
      lost: sum(results.map(({ lost }) => lost)),
      exact: results.every(({ exact }) => exact),
    }
  } finally {
    await agent.stop()
  }
}

await measure(async ({ once, rounds, say }) => {
  const opens = once ? SHORT : MILLION
  const count = opens.toLocaleString('en')
  return [
    await row(`${count} opens at full speed, buffers by default`, { max: 0 }, [], opens, rounds, say),
    await row(`${count} opens at full speed, buffers of 64 KiB: forced overload`, null, SMALL, opens, rounds, say),
  ]
})
