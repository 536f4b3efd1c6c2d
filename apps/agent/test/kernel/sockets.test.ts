/** What is told of connections whose two ends are on different CPUs, over buffers that have a part for each CPU. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { onlineCpus } from '@ringside/native'
import { type Batch, decodeBatch, fieldConn, fieldIndex, fieldInt, type Transport } from '@ringside/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { Ingest } from '../../src/ingest/ingest.ts'
import type { FromIngest, ToIngest } from '../../src/ingest/messages.ts'
import { KernelFeed } from '../../src/source/kernel/feed.ts'
import { KernelHost } from '../../src/source/kernel/host.ts'
import { monotonicWords, nsSince } from '../../src/source/monotonic.ts'
import { READING } from '../ingest/reading.ts'
import { EVERYTHING } from '../ingest/thread.ts'
import { buffersOf, controlBlock } from './support/controls.ts'

const SLOT = 1
const PORT = 38_977
const CONNECTIONS = 500
const SERVER = `require('net').createServer((c) => c.end('x')).listen(${PORT}, '127.0.0.1', () => console.log('listens'))`
const CLIENT = `let left = ${CONNECTIONS}
const go = () => { if (left-- > 0) require('net').connect(${PORT}, '127.0.0.1').on('close', go).resume() }
for (let i = 0; i < 6; i += 1) go()`

/** @param cpu that it runs on */
function start(cpu: number, script: string) {
  const child = spawn('taskset', ['-c', String(cpu), process.execPath, '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  return child
}

interface Row {
  localPort: number
  remotePort: number
  pid: number
  socket: number
}

function rowsOf(batch: Batch): Row[] {
  return Array.from({ length: batch.rows }, (_, row) => {
    const { localPort, remotePort } = fieldConn(batch, row, fieldIndex('tcp', 'conn'))
    const socket = fieldInt(batch, row, fieldIndex('tcp', 'socket'))
    return { localPort, remotePort, pid: batch.pid[row] as number, socket }
  })
}

/** What is told of a client's connections to a server on another CPU. */
async function told(transport: Transport): Promise<{ client: number; rows: Row[] }> {
  const control = controlBlock({ types: { tcp: SLOT } })
  const host = await KernelHost.open({
    ...{ transport, attach: ['on_tcp'], buffers: buffersOf({ [SLOT]: 1 << 20 }, 'cpu') },
    control: () => control,
  })
  onTestFinished(() => host.close())
  const rows: Row[] = []
  const toIngest: ToIngest[] = [{ type: 'demands', version: 1, demands: [EVERYTHING] }]
  const timeZero = monotonicWords()
  const nowNs = nsSince(timeZero)
  const post = (message: FromIngest) => {
    if (message.type !== 'published') return
    toIngest.push({ type: 'credit' })
    for (const { frame } of message.publications) {
      const batch = frame === null ? null : decodeBatch(frame)
      if (batch?.ok) rows.push(...rowsOf(batch).filter(({ remotePort }) => remotePort === PORT))
    }
  }
  const io = { post, receive: () => toIngest.shift(), nowNs, timeMs: () => nowNs() / 1e6, warn: () => undefined }
  const options = { feed: host.feed(), epoch: 'e', timeZero, flushMs: 16, reading: READING }
  const ingest = new Ingest(new KernelFeed(host.feed()), options, io)
  const [first = 0, second = 0] = onlineCpus()
  await once(start(first, SERVER).stdout, 'data')
  const client = start(second, CLIENT)
  while (client.exitCode === null) {
    ingest.step()
    await nextTurn()
  }
  toIngest.push({ type: 'stop' })
  ingest.run()
  return { client: client.pid as number, rows }
}

/** A socket's address is used again at once: where its two CPUs are read apart, a few rows cannot be told from its former life's. */
const UNTOLD_SHARE_MAX = 0.1

test.each<Transport>(['perf', 'ring'])(
  'over %s by CPU, connections are sockets of their own, and rows name their process or none',
  async (transport) => {
    const { client, rows } = await told(transport)
    const numbers = new Map<number, Set<number>>()
    for (const { localPort, socket } of rows) {
      if (localPort !== 0) numbers.set(localPort, (numbers.get(localPort) ?? new Set()).add(socket))
    }
    expect(rows.filter(({ pid }) => pid !== client && pid !== 0)).toEqual([])
    expect(rows.filter(({ pid }) => pid === 0).length / rows.length).toBeLessThan(UNTOLD_SHARE_MAX)
    expect(numbers.size).toBe(CONNECTIONS)
    const several = [...numbers.values()].filter((sockets) => sockets.size > 1)
    expect(several.length / CONNECTIONS).toBeLessThan(UNTOLD_SHARE_MAX)
  },
  30_000,
)
