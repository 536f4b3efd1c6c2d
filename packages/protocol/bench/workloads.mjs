/** Seeded rows in the proportions of a busy host, written into any sink: what wire.mjs measures. Knows no encoding. */
import { EVENTS, RATE_ALL } from '../dist/index.js'

const names = ['node', 'postgres', 'nginx', 'sh', 'kworker/u8:3', 'systemd-journal'].map(bytesOf)
const paths = Array.from({ length: 400 }, (_, i) => bytesOf(`/usr/lib/x86_64-linux-gnu/lib${i}.so.${i % 7}`))
const conn = new Uint8Array(40)
const commonCalls = [0, 1, 3, 7, 202, 232, 35, 39, 44, 45, 257, 262, 9, 11, 110]

/** Frames of one flush, 16 ms. `rows` of a frame, `stepNs` between them. */
export const workloads = {
  'syscalls, 1,000,000/s': { rows: 16_000, stepNs: 1000, write: writeSyscall },
  'syscalls, 10,000/s': { rows: 160, stepNs: 100_000, write: writeSyscall },
  'opens with paths, 100,000/s': { rows: 1600, stepNs: 10_000, write: writeOpen },
  'packets, 100,000/s': { rows: 1600, stepNs: 10_000, write: writePacket },
  'thinned to 2,000 syscalls/s': { rows: 32, stepNs: 500_000, write: writeSyscall, seqStep: 500 },
}

/** One frame's rows. The same seed gives the same rows. */
export function writeRows(sink, { rows, stepNs, write, seqStep = 1 }, seed) {
  const random = generator(seed)
  for (let i = 0; i < rows; i++) write(sink, random, i, 5e12 + i * stepNs + random(stepNs), 1 + i * seqStep)
}

function writeSyscall(sink, random, i, timeNs, seq) {
  header(sink, EVENTS.syscall, 2, i, timeNs, seq)
  task(sink, random)
  sink.int(random(10) === 0 ? -11 : random(6) === 0 ? random(8192) : random(40))
  sink.int(commonCalls[random(commonCalls.length)])
  sink.end()
}

function writeOpen(sink, random, i, timeNs, seq) {
  header(sink, EVENTS.open, 1, i, timeNs, seq)
  task(sink, random)
  sink.int(random(4) === 0 ? -2 : 3 + random(30))
  sink.int(-100)
  sink.int(random(3) === 0 ? 0o2000000 : 0)
  sink.int(0)
  sink.int(257)
  const path = paths[Math.min(random(400), random(400))]
  sink.text(path, 0, path.length)
  sink.end()
}

function writePacket(sink, random, i, timeNs, seq) {
  header(sink, EVENTS.packet, 2, i, timeNs, seq)
  conn.set([10, 0, 0, 7], 0)
  conn.set([10, 0, 3, random(50)], 16)
  conn.set([0xbb, 1, random(4), 200, 4, 6, random(2), random(3) === 0 ? 0x18 : 0x10], 32)
  sink.conn(conn, 0)
  sink.int(random(2) === 0 ? 52 : 1500)
  sink.int(2)
  sink.int(1)
  sink.end()
}

function header(sink, event, slot, i, timeNs, seq) {
  sink.row(event.number, slot, i & 1, 0, seq, timeNs, RATE_ALL, 1)
}

function task(sink, random) {
  const who = random(24)
  const name = names[who % names.length]
  sink.task(1000 + who * 3, 1000 + who * 3 + (who & 1), who & 1 ? 1000 : 0, 0, name, 0, name.length)
}

function bytesOf(text) {
  return new TextEncoder().encode(text)
}

/** Numerical Recipes' LCG: the same rows at every run. */
function generator(seed) {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
