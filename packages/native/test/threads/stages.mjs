/**
 * A process that ends at a chosen stage without tidying up: argv[2] names the stage, argv[3] says how it ends
 * (`exit`: process.exit, `return`: the script ends, `throw`: by an exception nobody catches).
 */
import { Worker } from 'node:worker_threads'
import { BpfObject, PerfBuffer, PerfReader, Poller, Reader, Ring, Ticker, Waker } from '@ringside/native'

const EXIT_CODE = 7
const [, , stage, ending, probe] = process.argv
const word = (value) => new Uint8Array(Uint32Array.of(value).buffer)
/** Holds what a stage made, so that no collection tidies it up. */
const held = []

function keep(value) {
  held.push(value)
  return value
}

function loaded() {
  const object = keep(BpfObject.open(probe))
  object.setInnerMap('undeclared', 4096)
  object.load()
  return object
}

function ring(bytes = 1 << 20) {
  return keep(Ring.createSync(bytes))
}

function perf(bytes = 1 << 16) {
  return keep(PerfBuffer.createSync(bytes, { cpu: 0, wakeBytes: 1 }))
}

/** A perf buffer that the object's programs write into. */
function listened() {
  const buffer = perf()
  loaded().map('perf').update(word(0), word(buffer.fd))
  return buffer
}

function worker(job, buffer) {
  const file = new URL('./job.mjs', import.meta.url)
  const thread = keep(new Worker(file, { workerData: { job, kind: buffer.constructor.name, handle: buffer.handle } }))
  return new Promise((resolve) => thread.once('message', resolve))
}

const stages = {
  'nothing but the import': () => {},
  'an object that is open': () => keep(BpfObject.open(probe)),
  'an object that is loaded': loaded,
  'a program that is attached': () => loaded().attach('on_timer'),
  'maps that are mapped': () => loaded().map('counts'),
  'a ring': () => ring(),
  'a reader': () => keep(Reader.open(ring().handle)),
  'a poller that watches': () => keep(new Poller()).add(keep(Reader.open(ring().handle))),
  'a perf buffer': () => perf(),
  'a perf buffer in its map': listened,
  'a reader of a perf buffer': () => keep(PerfReader.open(listened().handle)),
  'a poller that watches a perf buffer': () => keep(new Poller()).add(keep(PerfReader.open(perf().handle))),
  'a waker and a ticker': () => keep([new Waker(), new Ticker(1000, 0)]),
  'a ring that is being made': () => keep(Ring.create(1 << 26)),
  'a perf buffer that is being made': () => keep(PerfBuffer.create(1 << 26, { cpu: 0, wakeBytes: 1 })),
  'a deletion that waits for RCU': () => keep(loaded().map('slots').deleteAsync(word(0))),
  'a hash that is being drained': () => keep(loaded().map('many').drainAsync()),
  'an update that waits for RCU': () => keep(loaded().map('slots').updateAsync(word(0), word(ring().fd))),
  'a worker that waits': () => worker('wait', ring()),
  'a worker that reads': () => worker('read', ring()),
  'a worker that waits for a perf buffer': () => worker('wait', perf()),
  'a worker that reads a perf buffer': () => worker('read', listened()),
}

await stages[stage]()
if (ending === 'exit') process.exit(EXIT_CODE)
if (ending === 'throw') throw new Error('on purpose')
process.exitCode = EXIT_CODE
