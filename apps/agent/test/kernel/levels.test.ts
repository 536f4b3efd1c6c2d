/** Every way out of emit gives its level back: on the real kernel, with all hooks and a timer that nests inside of them. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { onlineCpus, Ticker } from '@ringside/native'
import { EVENT_TYPES, TRANSPORTS } from '@ringside/protocol'
import { expect, test } from 'vitest'
import { readLedger, rowsBytes } from '../../src/health/rows.ts'
import { LIMITS, MODE } from '../../src/source/abi.ts'
import { KernelHost } from '../../src/source/kernel/host.ts'
import { WATCHING } from '../../src/source/kernel/programs.ts'
import { buffersOf, controlBlock, generate } from './support/controls.ts'

const SLOT = 1
const PAGE = 4096
const ROOMY_BYTES = 64 * 1024 * 1024
const TICKS_HZ = 5000
const LOADS = 512

const ALL_TYPES = Object.fromEntries(Object.keys(EVENT_TYPES).map((type) => [type, SLOT]))
const AGGREGATED = Object.fromEntries(
  Object.keys(EVENT_TYPES).map((type) => [type, { slot: SLOT, mode: MODE.aggregate }]),
)
/** With marks of 0 bytes everything is shed. */
const SHEDS = { [SLOT]: { backpressure: 1 } }

/** Something for each hook. */
async function makeEvents(host: KernelHost): Promise<void> {
  for (let run = 0; run < 200; run += 1) generate(host, LOADS)
  execFileSync('/bin/sh', ['-c', '/bin/true; : < /etc/hostname'])
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').resume()
  await once(client, 'close')
  server.close()
  await once(server, 'close')
}

/** How deep emit stands on each CPU. */
function depths(host: KernelHost): number[] {
  const map = host.object.map('depth')
  const perCpu = new Uint8Array(map.valueBytes)
  map.lookup(new Uint8Array(4), perCpu)
  return Array.from({ length: host.cpus }, (_, cpu) => perCpu[(cpu * perCpu.length) / host.cpus] as number)
}

/** Names of the types of which anything was seen. */
function seenTypes(host: KernelHost): Set<string> {
  const rows = new Uint8Array(rowsBytes(host.cpus))
  host.object.map('rows').read(0, rows)
  const { seen } = readLedger(rows, host.cpus).fates
  const types = Object.entries(EVENT_TYPES)
  return new Set(types.filter(([, type]) => (seen[SLOT * LIMITS.types + type] as number) > 0).map(([name]) => name))
}

const CASES = [
  { name: 'submitted', capacity: ROOMY_BYTES, control: { types: ALL_TYPES } },
  { name: 'dropped, the buffer being full', capacity: PAGE, control: { types: ALL_TYPES } },
  { name: 'dropped, there being no buffer', capacity: null, control: { types: ALL_TYPES } },
  { name: 'sampled', capacity: PAGE, control: { types: ALL_TYPES, rate: 0 } },
  { name: 'shed', capacity: PAGE, control: { types: ALL_TYPES, policies: SHEDS } },
  { name: 'aggregated', capacity: PAGE, control: { types: AGGREGATED } },
]

test.each(TRANSPORTS.flatMap((transport) => CASES.map((one) => ({ ...one, transport }))))(
  '[D13] each emission that begins also ends: when nothing runs no level is held ($transport, $name)',
  async ({ capacity, control, transport }) => {
    const attach = [...WATCHING, 'on_tick']
    const buffers = buffersOf({ [SLOT]: capacity })
    const host = await KernelHost.open({ transport, buffers, control: () => controlBlock(control), attach })
    const tickers = onlineCpus().map((cpu) => new Ticker(TICKS_HZ, cpu))
    try {
      await makeEvents(host)
      for (const program of attach) host.object.detach(program)
      await host.settle()
      expect(depths(host)).toEqual(Array.from({ length: host.cpus }, () => 0))
      expect([...seenTypes(host)].sort()).toEqual(Object.keys(EVENT_TYPES).sort())
    } finally {
      for (const ticker of tickers) ticker.close()
      await host.close()
    }
  },
)
