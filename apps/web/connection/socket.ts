/** The page's end of the socket's thread. */
import type { FromSocket, ToSocket } from './socket-messages.ts'

export interface SocketHandlers {
  opened(): void
  closed(code: number, reason: string): void
  text(text: string): void
  frame(frame: ArrayBuffer): void
}

export class Socket {
  readonly #worker: Worker
  #isOpen = false

  constructor(url: string, handlers: SocketHandlers) {
    this.#worker = new Worker(new URL('./socket-worker.ts', import.meta.url), { type: 'module' })
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FromSocket>) => this.#take(data, handlers))
    this.#post({ type: 'open', url })
  }

  /** False when there is no connection: then nothing is sent, now or later. */
  send(text: string): boolean {
    if (this.#isOpen) this.#post({ type: 'send', text })
    return this.#isOpen
  }

  reconnect(): void {
    this.#post({ type: 'reconnect' })
  }

  close(): void {
    this.#isOpen = false
    this.#worker.terminate()
  }

  #take(message: FromSocket, handlers: SocketHandlers): void {
    switch (message.type) {
      case 'opened':
        this.#isOpen = true
        handlers.opened()
        break
      case 'closed':
        this.#isOpen = false
        handlers.closed(message.code, message.reason)
        break
      case 'text':
        handlers.text(message.text)
        break
      case 'frame':
        handlers.frame(message.frame)
        this.#post({ type: 'taken' })
    }
  }

  #post(message: ToSocket): void {
    this.#worker.postMessage(message)
  }
}
