/** Makes things without closing them and lets them be collected: prints descriptors and mappings before and after. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import {
  BpfMap,
  BpfObject,
  BpfProgram,
  PerfBuffer,
  PerfReader,
  Poller,
  Reader,
  Ring,
  Ticker,
  Waker,
} from '@ringside/native'

const ROUNDS = 20
const COLLECTIONS = 10
const probe = process.argv[2]

function makeAll() {
  const object = BpfObject.open(probe)
  object.setInnerMap('undeclared', 4096)
  object.load()
  object.attach('on_timer')
  BpfMap.fromFd(object.map('counts').fd)
  BpfProgram.fromFd(object.program('put').fd)
  const ring = Ring.createSync(65_536)
  const poller = new Poller(new Waker().handle)
  poller.add(Reader.open(ring.handle))
  poller.add(PerfReader.open(PerfBuffer.createSync(65_536, { cpu: 0, wakeBytes: 1 }).handle))
  return new Ticker(10, 0)
}

/** A map, a program, a link, a timer, an eventfd, an epoll set: not a file or a pipe of Node's. */
function isKernelObject(fd) {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).startsWith('anon_inode:')
  } catch {
    return false
  }
}

function held() {
  const mappings = readFileSync('/proc/self/maps', 'utf8').split('\n')
  const descriptors = readdirSync('/proc/self/fd').filter(isKernelObject).length
  return { descriptors, mappings: mappings.filter((line) => /bpf|perf_event/.test(line)).length }
}

async function collect() {
  for (let round = 0; round < COLLECTIONS; round += 1) {
    globalThis.gc()
    await pause(1)
  }
}

// The first round also opens what Node keeps for itself.
makeAll()
await collect()
const before = held()
for (let round = 0; round < ROUNDS; round += 1) makeAll()
const during = held()
await collect()
process.stdout.write(JSON.stringify({ before, during, after: held() }))
