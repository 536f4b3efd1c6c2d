/** The ingest thread of the resize tests: the real feed and the real scan, and a loop as plain as can be. */
import { setPriority } from 'node:os'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { CHUNK_BYTES, Scanner } from '../../../dist/ingest/scan.js'
import { KernelFeed } from '../../../dist/source/kernel/feed.js'

const IDLE_MICROS = 100
const PRIORITY = -20

const { descriptor, slot } = workerData
const feed = new KernelFeed(descriptor)
const scanner = new Scanner(feed.cpus)
const chunk = new Uint8Array(CHUNK_BYTES)
const words = new Uint32Array(chunk.buffer)
let running = true
let lastPassMs = performance.now()
let longestGapMs = 0

/** @returns bytes taken in one pass */
function pass() {
  const now = performance.now()
  longestGapMs = Math.max(longestGapMs, now - lastPassMs)
  lastPassMs = now
  let taken = 0
  feed.beginPass()
  for (let bytes = feed.read(slot, chunk); bytes > 0; bytes = feed.read(slot, chunk)) {
    scanner.scan(words, bytes, slot)
    taken += bytes
  }
  return taken
}

const handlers = {
  adopt: ({ handle }) => {
    feed.adopt(slot, handle)
    parentPort.postMessage({ type: 'adopted' })
  },
  swapped: () => feed.swapped(slot),
  stop: () => {
    running = false
  },
}

setPriority(0, PRIORITY)
lastPassMs = performance.now()
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
const state = feed.state(slot)
parentPort.postMessage({ type: 'done', consumed, malformed, last, gaps, inversions, duplicates, state, longestGapMs })
feed.close()
