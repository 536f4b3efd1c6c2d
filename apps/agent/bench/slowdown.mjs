/**
 * How much longer a workload of opens takes while it is watched: by the agent, with opens alone switched on; by a program
 * and a consumer in C that do no more than send and count them (bench.bpf.c, consume.c); and by `perf record`, where that
 * is installed. In turns, on one CPU, each of them started for its turn and gone after it.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once as event } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { onlineCpus } from '@ringside/native'
import { EVENT_TYPES } from '@ringside/protocol'
import { Agent } from './support/agent.mjs'
import { Instance } from './support/instance.mjs'
import { measure, ratios, sum } from './support/measure.mjs'
import { Tool } from './support/tools.mjs'

const PATH = '/var/lib/ringside-bench/some/where/a-file-that-is-not-there'
const RING_BYTES = 8 * 1024 * 1024
const PERIOD_MICROS = 1000
const NICE = 0
const TYPE_AT = 2
/** Before what is measured: what is compiled when it is first used is compiled then. */
const WARM_UP_SHARE = 0.3
const SETTLE_MS = 60
const PERF_START_MS = 700
const PERF_ARGS = ['record', '-q', '-a', '-m', '16M', '-e', 'syscalls:sys_exit_openat', '-o', '/dev/null']

const [cpu] = onlineCpus()

async function workload(opens) {
  await (await new Tool('calls', [cpu, Math.ceil(opens * WARM_UP_SHARE), 0, PATH]).ready()).go()
  await sleep(SETTLE_MS)
  const { wallNs, cpuNs, made } = await (await new Tool('calls', [cpu, opens, 0, PATH]).ready()).go()
  return { ns: wallNs / made, cpuNs: cpuNs / made }
}

/** The least that a turn of ours and of the reference tell. */
async function bare(opens) {
  return { ...(await workload(opens)), lost: 0, exact: true }
}

async function reference(opens) {
  const instance = await Instance.open({ bytes: RING_BYTES, programs: ['plain_open'] })
  const consumer = await new Tool('consume', [instance.plainRingId, 'timed', PERIOD_MICROS, NICE, TYPE_AT]).ready()
  try {
    instance.object.attach('plain_open')
    const took = await workload(opens)
    instance.object.detach('plain_open')
    await sleep(SETTLE_MS)
    const { records } = await consumer.stop()
    const { made, dropped } = instance.plainCounts()
    return { ...took, lost: dropped, exact: records + dropped === made && made >= opens }
  } finally {
    instance.close()
  }
}

async function ours(opens) {
  const agent = await Agent.start()
  try {
    const client = await agent.connect()
    for (const eventType of Object.keys(EVENT_TYPES).filter((type) => type !== 'open')) {
      await client.command({ op: 'enable', eventType, on: false })
    }
    const took = await workload(opens)
    const { seen, dropped, exact } = await agent.atRest(client)
    return { ...took, lost: dropped, exact: exact && seen.open >= opens }
  } finally {
    await agent.stop()
  }
}

async function perf(opens) {
  const child = spawn('perf', PERF_ARGS, { stdio: 'ignore' })
  const ended = event(child, 'exit')
  await sleep(PERF_START_MS)
  try {
    return { ...(await workload(opens)), lost: null, exact: true }
  } finally {
    child.kill('SIGINT')
    await ended
  }
}

/** Installed, and able to record this event here. */
function hasPerf() {
  return spawnSync('perf', [...PERF_ARGS, 'true'], { stdio: 'ignore' }).status === 0
}

await measure(async ({ once, rounds, say }) => {
  const opens = once ? 50_000 : 1_000_000
  const subjects = { bare, reference, ours, ...(!once && hasPerf() && { perf }) }
  const results = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? Object.keys(subjects) : Object.keys(subjects).reverse()
    for (const name of order) results[name].push(await subjects[name](opens))
    say(`slowdown: round ${round + 1} of ${rounds}`)
  }
  const ns = (name) => results[name].map((result) => result.ns)
  // The workload's own, the programs' in it: without what it waits for its CPU.
  const cpuNs = (name) => results[name].map((result) => result.cpuNs)
  const row = (title, goal, other) => ({
    title,
    unit: '×',
    goal,
    values: ratios(ns('ours'), ns(other)),
    parts: ['ours', other, 'bare'].flatMap((name) => [
      { name, unit: 'ns', values: ns(name) },
      { name: 'on its CPU', unit: 'ns', values: cpuNs(name) },
    ]),
    made: opens * rounds,
    lost: sum(results.ours.map(({ lost }) => lost)),
    lostThere: other === 'reference' ? sum(results.reference.map(({ lost }) => lost)) : null,
    exact: [...results.ours, ...results[other]].every(({ exact }) => exact),
  })
  const rows = [row('an open while it is watched, of the C reference', { max: 1.15 }, 'reference')]
  if ('perf' in subjects) rows.push(row('an open while it is watched, of perf record -m 16M', { max: 0.85 }, 'perf'))
  return rows
})
