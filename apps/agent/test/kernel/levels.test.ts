/** Every way out of emit gives its level back: on the real kernel, with all hooks and a timer that nests inside of them. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { onlineCpus, Ticker } from '@ringside/native'
import { EVENT_TYPES, RATE_ALL } from '@ringside/protocol'
import { expect, test } from 'vitest'
import { readLedger, rowsBytes } from '../../src/health/rows.ts'
import { ABI, LIMITS } from '../../src/source/abi.ts'
import { KernelHost } from '../../src/source/kernel/host.ts'
import { WATCHING } from '../../src/source/kernel/programs.ts'

const SLOT = 1
const PAGE = 4096
const ROOMY_BYTES = 64 * 1024 * 1024
const TICKS_HZ = 5000
const LOADS = 512
const DEPTH_BYTES = 64
const { rs_control, rs_type_control, rs_slot_control } = ABI.structs

/** All types, to one slot that nobody reads. */
function controlBlock({ rate = RATE_ALL, sheds = false }: { rate?: number; sheds?: boolean }): Uint8Array {
  const block = new Uint8Array(rs_control.bytes)
  const words = new Uint32Array(block.buffer)
  for (const type of Object.values(EVENT_TYPES)) {
    block.set([1, SLOT], rs_control.members.type + type * rs_type_control.bytes)
  }
  // With marks of 0 bytes everything is shed.
  words[(rs_control.members.slot + SLOT * rs_slot_control.bytes) / 4] = sheds ? 1 : 0
  return new Uint8Array(words.fill(rate, rs_control.members.rate / 4).buffer)
}

/** Something for each hook. */
async function makeEvents(host: KernelHost): Promise<void> {
  const context = new Uint8Array(BigUint64Array.of(BigInt(LOADS), 0n, 0n).buffer)
  for (let run = 0; run < 200; run += 1) host.object.testRun('generate', context)
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
  const perCpu = new Uint8Array(host.cpus * DEPTH_BYTES)
  host.object.map('depth').lookup(new Uint8Array(4), perCpu)
  return Array.from({ length: host.cpus }, (_, cpu) => perCpu[cpu * DEPTH_BYTES] as number)
}

/** Names of the types of which anything was seen. */
function seenTypes(host: KernelHost): Set<string> {
  const rows = new Uint8Array(rowsBytes(host.cpus))
  host.object.map('rows').read(0, rows)
  const { seen } = readLedger(rows, host.cpus).fates
  const types = Object.entries(EVENT_TYPES)
  return new Set(types.filter(([, type]) => (seen[SLOT * LIMITS.types + type] as number) > 0).map(([name]) => name))
}

test.each([
  { name: 'submitted', capacity: ROOMY_BYTES, control: {} },
  { name: 'dropped, the ring being full', capacity: PAGE, control: {} },
  { name: 'dropped, there being no ring', capacity: null, control: {} },
  { name: 'sampled', capacity: PAGE, control: { rate: 0 } },
  { name: 'shed', capacity: PAGE, control: { sheds: true } },
])(
  '[D13] each emission that begins also ends: when nothing runs no level is held ($name)',
  async ({ capacity, control }) => {
    const attach = [...WATCHING, 'on_tick']
    const host = await KernelHost.open({ capacities: [null, capacity], control: () => controlBlock(control), attach })
    const tickers = onlineCpus().map((cpu) => new Ticker(TICKS_HZ, cpu))
    try {
      await makeEvents(host)
      for (const program of attach) host.object.detach(program)
      // An update of a slot waits for the programs that are still running.
      const { handle } = await host.createRing(PAGE)
      await host.installRing(SLOT, handle)
      expect(depths(host)).toEqual(Array.from({ length: host.cpus }, () => 0))
      expect([...seenTypes(host)].sort()).toEqual(Object.keys(EVENT_TYPES).sort())
    } finally {
      for (const ticker of tickers) ticker.close()
      await host.close()
    }
  },
)
