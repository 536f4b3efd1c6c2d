/** A reader as fast as can be, for swaps at full speed: the real feed and the real scan, in a plain loop. */
import { setPriority } from 'node:os'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { CHUNK_BYTES, Scanner } from '../../../dist/ingest/scan.js'
import { KernelFeed } from '../../../dist/source/kernel/feed.js'

const IDLE_MICROS = 100
const PRIORITY = -20

const { descriptor, slots } = workerData
const feed = new KernelFeed(descriptor)
const scanner = new Scanner(feed.cpus)
const chunk = new Uint8Array(CHUNK_BYTES)
const words = new Uint32Array(chunk.buffer)
let running = true

/** @returns bytes taken in one pass */
function pass() {
  let taken = 0
  feed.beginPass()
  for (const slot of slots) {
    for (let bytes = feed.read(slot, chunk); bytes > 0; bytes = feed.read(slot, chunk)) {
      scanner.scan(words, bytes, slot)
      taken += bytes
    }
  }
  return taken
}

const handlers = {
  adopt: ({ slot, buffer }) => {
    feed.adopt(slot, buffer)
    parentPort.postMessage({ type: 'adopted' })
  },
  swapped: ({ slot }) => feed.swapped(slot),
  removed: ({ slot }) => feed.removed(slot),
  stop: () => {
    running = false
  },
}

setPriority(0, PRIORITY)
parentPort.postMessage({ type: 'ready' })
while (running) {
  for (let got = receiveMessageOnPort(parentPort); got; got = receiveMessageOnPort(parentPort)) {
    handlers[got.message.type](got.message)
  }
  const taken = pass()
  const handles = feed.retired()
  if (handles.length > 0) parentPort.postMessage({ type: 'retired', handles })
  if (taken === 0) feed.wait(IDLE_MICROS)
}
while (pass() > 0);

const { consumed, malformed, sequence } = scanner
const { last, gaps, inversions, duplicates } = sequence
const left = slots.map((slot) => {
  const state = feed.state(slot)
  return state === null ? 0 : state.producer - state.consumer
})
parentPort.postMessage({ type: 'done', consumed, malformed, last, gaps, inversions, duplicates, left })
feed.close()
