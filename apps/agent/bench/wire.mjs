/**
 * Bytes of what this host really did, on the wire: the agent's frames as a client got them, against the same events as
 * JSON and as MessagePack records, frame by frame. What happens meanwhile is made here: files, processes, packets.
 */
import { spawn } from 'node:child_process'
import { once as event } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectionAt, EVENT_BY_NUMBER, formatEndpoint, SLOT_NAMES } from '@ringside/protocol'
import { Packr } from 'msgpackr'
import { Agent } from './support/agent.mjs'
import { measure, ratios, sum } from './support/measure.mjs'

const CONN_BYTES = 40
/** Two flushes: what was on its way when the activity began. */
const SETTLE_MS = 32
const FETCHES = 8
/** Files are looked for, read a little, and processes begin and end. */
const SCRIPT =
  'while :; do find /usr/share /etc -type f | head -3000 | xargs -n 50 wc -c; for i in 1 2 3 4 5; do true | cat; done; done'

/** A shell and all that it starts, ended as one group. */
function startProcesses() {
  const child = spawn('sh', ['-c', SCRIPT], { stdio: 'ignore', detached: true })
  const ended = event(child, 'exit')
  return async () => {
    process.kill(-child.pid, 'SIGKILL')
    await ended
  }
}

/** A server and its clients, on loopback. */
async function startTraffic() {
  const server = createServer((_, response) => response.end('x'.repeat(4000)))
  server.listen(0, '127.0.0.1')
  await event(server, 'listening')
  const url = `http://127.0.0.1:${server.address().port}/`
  let going = true
  const loops = Array.from({ length: FETCHES }, async () => {
    while (going) await (await fetch(url, { headers: { connection: 'close' } })).text()
  })
  return async () => {
    going = false
    await Promise.all(loops)
    server.close()
  }
}

function fieldOf(batch, type, index, at) {
  const field = EVENT_BY_NUMBER[type].fields[index]
  const value = batch.fields[type]?.[index]?.[at]
  if (value === undefined) return {}
  if (field.kind === 'int') return { [field.name]: value }
  if (field.kind === 'text') return { [field.name]: batch.strings[value] }
  const { protocol, direction, tcpFlags, ...ends } = connectionAt(batch.connections, value * CONN_BYTES)
  const source = formatEndpoint(ends.localAddress, ends.localPort)
  return { source, destination: formatEndpoint(ends.remoteAddress, ends.remotePort), protocol, direction, tcpFlags }
}

/** Rows as objects, as an API would hand them out: every value with its name, numbers as numbers. */
function objectsOf(batch) {
  return Array.from({ length: batch.rows }, (_, row) => {
    const { type, fields, hasTask } = EVENT_BY_NUMBER[batch.type[row]]
    const [slot, cpu, level] = [SLOT_NAMES[batch.slot[row]], batch.cpu[row], batch.level[row]]
    const object = { timeNs: batch.timeNs[row], type, slot, cpu, level, seq: batch.seq[row], rate: batch.rate[row] }
    if (hasTask) {
      const [pid, tid, uid, flags] = ['pid', 'tid', 'uid', 'flags'].map((name) => batch[name][row])
      Object.assign(object, { pid, tid, uid, flags, comm: batch.strings[batch.comm[row]] })
    }
    fields.forEach((_, index) => {
      Object.assign(object, fieldOf(batch, batch.type[row], index, batch.fieldRow[row]))
    })
    return object
  })
}

async function capture(client, milliseconds) {
  await sleep(SETTLE_MS)
  const batches = []
  client.onBatch = (batch, frame) => batch.rows > 0 && batches.push({ batch, bytes: frame.byteLength })
  do await sleep(milliseconds)
  while (batches.length === 0)
  client.onBatch = () => undefined
  const packr = new Packr({ useRecords: true })
  const size = { frames: 0, json: 0, messagePack: 0 }
  let rows = 0
  for (const { batch, bytes } of batches) {
    const objects = objectsOf(batch)
    rows += batch.rows
    size.frames += bytes
    size.json += Buffer.byteLength(JSON.stringify(objects))
    size.messagePack += packr.pack(objects).length
  }
  return { rows, frames: batches.length, ...size }
}

await measure(async ({ once, rounds, say }) => {
  const agent = await Agent.start()
  const stops = []
  try {
    const client = await agent.connect()
    client.subscribe()
    stops.push(startProcesses(), await startTraffic())
    const results = []
    for (let round = 0; round < rounds; round += 1) {
      results.push(await capture(client, once ? 500 : 1500))
      say(`wire: round ${round + 1} of ${rounds}: ${results.at(-1).rows} events`)
    }
    await Promise.all(stops.splice(0).map((stop) => stop()))
    const ledger = await agent.atRest(client)
    const perEvent = (name) => results.map((result) => result[name] / result.rows)
    const row = (title, goal, other) => ({
      title,
      unit: '×',
      goal,
      values: ratios(perEvent('frames'), perEvent(other)),
      parts: [
        { name: 'ours', unit: 'bytes', values: perEvent('frames') },
        { name: 'theirs', unit: 'bytes', values: perEvent(other) },
      ],
      made: sum(results.map(({ rows }) => rows)),
      lost: ledger.dropped,
      exact: ledger.exact,
    })
    return [
      row('bytes per captured event, of JSON', { max: 0.08 }, 'json'),
      row('bytes per captured event, of msgpackr with records', { max: 0.3 }, 'messagePack'),
    ]
  } finally {
    await Promise.all(stops.map((stop) => stop()))
    await agent.stop()
  }
})
