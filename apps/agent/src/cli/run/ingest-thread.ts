/** The main thread's end of the ingest thread: messages in both directions, answers to questions, and its end. */
import { Worker } from 'node:worker_threads'
import type { IngestLink } from '../../control/resize.ts'
import type { FromIngest, IngestOptions, ToIngest } from '../../ingest/messages.ts'

const ANSWER_TIMEOUT_MS = 5000
const STOP_TIMEOUT_MS = 1500
/**
 * Of the thread's young memory. It makes no object per record and needs little; V8 would take up to 48 MiB, and keep
 * some 20 of them at rest.
 */
const YOUNG_MEMORY_MIB = 6

export interface IngestThreadOptions {
  script: URL
  data: IngestOptions
  /** Ends the wait in which the thread blocks, so that it looks for messages. */
  wake: () => void
  onMessage: (message: FromIngest) => void
  /** The thread has failed, or ended without having been asked to. Called once. */
  onFailure: (message: string) => void
}

export class IngestThread implements IngestLink {
  /** Resolves when the thread reads; rejects when it fails before that. */
  readonly ready: Promise<void>
  readonly #options: IngestThreadOptions
  readonly #worker: Worker
  readonly #questions = new Map<number, () => void>()
  readonly #stopped: Promise<void>
  #becomeReady: () => void = () => undefined
  #failReady: (error: Error) => void = () => undefined
  #becomeStopped: () => void = () => undefined
  #lastRequest = 0
  #stopping = false
  #failure: string | null = null

  constructor(options: IngestThreadOptions) {
    this.#options = options
    this.ready = new Promise((resolve, reject) => {
      this.#becomeReady = resolve
      this.#failReady = reject
    })
    this.#stopped = new Promise((resolve) => {
      this.#becomeStopped = resolve
    })
    this.#worker = new Worker(options.script, {
      workerData: options.data,
      name: 'ingest',
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEMORY_MIB },
    })
    this.#worker.on('message', (message: FromIngest) => this.#hear(message))
    this.#worker.on('error', (error) => this.#fail(error.message))
    this.#worker.on('exit', (code) => {
      if (!this.#stopping) this.#fail(`the ingest thread ended with code ${code}`)
      this.#becomeStopped()
    })
  }

  tell(message: ToIngest): void {
    this.#worker.postMessage(message)
    // Credit can wait for the next pass: waking for it would cost a system call per publication.
    if (message.type !== 'credit') this.#options.wake()
  }

  ask(messageOf: (request: number) => ToIngest): Promise<void> {
    if (this.#failure !== null) return Promise.reject(new Error(this.#failure))
    this.#lastRequest += 1
    const request = this.#lastRequest
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#questions.delete(request)
        reject(new Error('the ingest thread did not answer in time'))
      }, ANSWER_TIMEOUT_MS)
      this.#questions.set(request, () => {
        clearTimeout(timer)
        resolve()
      })
      this.tell(messageOf(request))
    })
  }

  /** Has it drain and report a last health, or ends it when that takes too long. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.tell({ type: 'stop' })
    const timer = setTimeout(() => this.#becomeStopped(), STOP_TIMEOUT_MS)
    await this.#stopped
    clearTimeout(timer)
    await this.#worker.terminate()
  }

  #hear(message: FromIngest): void {
    switch (message.type) {
      case 'ready':
        this.#becomeReady()
        break
      case 'adopted':
        this.#questions.get(message.request)?.()
        this.#questions.delete(message.request)
        break
      case 'failed':
        this.#fail(message.message)
        break
      case 'stopped':
        this.#becomeStopped()
        break
      default:
        this.#options.onMessage(message)
    }
  }

  #fail(message: string): void {
    if (this.#failure !== null || this.#stopping) return
    this.#failure = message
    this.#failReady(new Error(message))
    this.#options.onFailure(message)
  }
}
