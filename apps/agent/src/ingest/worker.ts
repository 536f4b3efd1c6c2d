/** Entry of the ingest thread: opens its feed, and hands ingest the thread's ends. It never returns to the event loop. */
import { readdirSync, writeSync } from 'node:fs'
import { setPriority } from 'node:os'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { nsSince } from '../source/monotonic.ts'
import { openFeed } from '../source/open-feed.ts'
import { Ingest } from './ingest.ts'
import type { FromIngest, IngestOptions, ToIngest } from './messages.ts'

if (parentPort === null) throw new Error('ingest runs in a worker thread')
const port = parentPort
const READER_NICE = -10
const STDERR = 2
const options = workerData as IngestOptions

raisePriority()
try {
  const feed = await openFeed(options.feed)
  try {
    const ingest = new Ingest(feed, options, {
      post: (message, transfer) => port.postMessage(message, transfer),
      receive: () => receiveMessageOnPort(port)?.message as ToIngest | undefined,
      nowNs: nsSince(options.timeZero),
      timeMs: Date.now,
      /* At once: this thread does not return to its event loop. */
      warn: (text) => writeSync(STDERR, `ringside: ${text}\n`),
    })
    ingest.run()
  } finally {
    feed.close()
  }
} catch (thrown) {
  const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  port.postMessage({ type: 'failed', message } satisfies FromIngest)
}

/**
 * The reader rests most of the time, and loses events when it is not let run: on a busy host it is to go first. So are
 * the threads that collect garbage and compile for it, since it waits for them, in the middle of a pass as well; only
 * the main thread stays as it is. Each thread has a nice value of its own on Linux. Without the right to raise it they
 * run as any other.
 */
function raisePriority(): void {
  for (const thread of readdirSync('/proc/self/task').map(Number)) {
    if (thread !== process.pid) setNice(thread)
  }
}

function setNice(thread: number): void {
  try {
    setPriority(thread, READER_NICE)
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code !== 'ERR_SYSTEM_ERROR') throw thrown
  }
}
