/** A socket whose far end is the test: what was sent is kept, and leaves the process when the test says so. */
import { EventEmitter } from 'node:events'
import type { ClientSocket } from '../../src/serve/client.ts'

type Sent = (error?: Error) => void

export class FakeSocket extends EventEmitter implements ClientSocket {
  readonly OPEN = 1
  readyState: 0 | 1 | 2 | 3 = 1
  bufferedAmount = 0
  readonly texts: string[] = []
  /** Bytes of whole binary messages. */
  readonly frames: Uint8Array[] = []
  closed: number | null = null
  terminated = false
  pings = 0
  #fragments: Uint8Array[] = []
  readonly #onTheirWay: { bytes: number; sent: Sent }[] = []

  send(data: unknown, options?: unknown, callback?: unknown): void {
    const sent = (typeof options === 'function' ? options : (callback ?? (() => undefined))) as Sent
    const bytes = typeof data === 'string' ? Buffer.from(data) : (data as Uint8Array)
    if (typeof data === 'string') this.texts.push(data)
    else {
      this.#fragments.push(bytes)
      if ((options as { fin?: boolean }).fin) {
        this.frames.push(Buffer.concat(this.#fragments))
        this.#fragments = []
      }
    }
    this.bufferedAmount += bytes.length
    this.#onTheirWay.push({ bytes: bytes.length, sent })
  }

  /** The kernel takes everything that waits. */
  flush(): void {
    for (const { bytes, sent } of this.#onTheirWay.splice(0)) {
      this.bufferedAmount -= bytes
      sent()
    }
  }

  /** The connection breaks with everything that waits. */
  break(): void {
    this.readyState = 3
    for (const { sent } of this.#onTheirWay.splice(0)) sent(new Error('closed'))
  }

  ping(): void {
    this.pings += 1
  }

  close(code?: number): void {
    this.closed ??= code ?? 1005
    this.readyState = 2
  }

  terminate(): void {
    this.terminated = true
  }
}
