/**
 * One connection to the agent, kept up: session, socket, validation, commands. It hands on what arrives and
 * knows nothing of what becomes of it.
 */
import {
  type AgentMessage,
  type Batch,
  type Command,
  decodeBatch,
  type PageMessage,
  parseAgentMessage,
  type Subscribe,
} from '@ringside/protocol'
import { socketUrl } from './base-path.ts'
import { Commands, type Outcome } from './commands.ts'
import { checkSession, exchange, type SessionAnswer, takeToken } from './session.ts'
import { Socket } from './socket.ts'
import {
  type ConnectionEvent,
  type ConnectionState,
  INITIAL_CONNECTION,
  reduceConnection,
  SESSION_GONE,
} from './state.ts'

/** An open socket that says nothing for this long is taken for dead. */
const DEAD_AFTER_MS = 12_000
const WATCH_EVERY_MS = 1_000

export interface ConnectionHandlers {
  state(state: ConnectionState): void
  message(message: AgentMessage): void
  /** @param frameBytes of the message that it came in */
  batch(batch: Batch, frameBytes: number): void
  /** Something arrived that this page cannot read; `what` says why. */
  unreadable(what: string): void
}

export class Connection {
  readonly #handlers: ConnectionHandlers
  readonly #commands = new Commands()
  #state: ConnectionState = INITIAL_CONNECTION
  #socket: Socket | null = null
  #subscription: Subscribe
  #lastFrameMs = 0

  constructor(handlers: ConnectionHandlers, subscription: Subscribe) {
    this.#handlers = handlers
    this.#subscription = subscription
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** When anything last arrived, ms; 0 before the first frame. */
  get lastFrameMs(): number {
    return this.#lastFrameMs
  }

  get pendingCommands(): number {
    return this.#commands.pending
  }

  async start(): Promise<void> {
    const token = takeToken(window.location, window.history)
    setInterval(() => this.#watch(), WATCH_EVERY_MS)
    // A link may be opened again in the same tab: only its fragment changes.
    window.addEventListener('hashchange', () => {
      const again = takeToken(window.location, window.history)
      if (again !== null) void this.signIn(again)
    })
    if (token !== null) await this.signIn(token)
    else this.#enter(await checkSession())
  }

  async signIn(token: string): Promise<void> {
    this.#enter(await exchange(token))
  }

  /** Tries now rather than when the back-off has passed. */
  async retry(): Promise<void> {
    if (this.#socket === null || this.#state.phase === 'signed out') this.#enter(await checkSession())
    else this.#socket.reconnect()
  }

  subscribe(subscription: Subscribe): void {
    this.#subscription = subscription
    this.#send(subscription)
  }

  command(command: Command, revision: number | null): Promise<Outcome> {
    return this.#commands.issue(command, revision, (message) => this.#send(message))
  }

  #enter(answer: SessionAnswer): void {
    if (answer.kind === 'refused') this.#signedOut(answer)
    else {
      if (answer.kind === 'unreachable')
        this.#reduce({ kind: 'diagnosed', timeMs: Date.now(), diagnosis: 'unreachable' })
      this.#open()
    }
  }

  #signedOut({ message, hint }: { message: string; hint: string }): void {
    this.#reduce({ kind: 'signed out', timeMs: Date.now(), message, hint })
  }

  #open(): void {
    this.#reduce({ kind: 'connecting', timeMs: Date.now() })
    if (this.#socket !== null) {
      this.#socket.reconnect()
      return
    }
    this.#socket = new Socket(socketUrl(window.location), {
      opened: () => {
        this.#lastFrameMs = Date.now()
        this.#reduce({ kind: 'opened', timeMs: Date.now() })
        this.#send(this.#subscription)
      },
      closed: (code, reason) => void this.#closed(code, reason),
      text: (text) => this.#takeText(text),
      frame: (frame) => this.#takeFrame(frame),
    })
  }

  #takeFrame(frame: ArrayBuffer): void {
    this.#lastFrameMs = Date.now()
    const batch = decodeBatch(frame)
    if (batch.ok) this.#handlers.batch(batch, frame.byteLength)
    else this.#handlers.unreadable(batch.message)
  }

  #takeText(text: string): void {
    this.#lastFrameMs = Date.now()
    const parsed = parseAgentMessage(text)
    if (!parsed.ok) {
      this.#handlers.unreadable(parsed.message)
      return
    }
    const message = parsed.value
    if (message.type === 'reply') this.#commands.settle(message)
    else if (message.type === 'refusal')
      this.#reduce({ kind: 'refusal', timeMs: Date.now(), message: message.message, hint: message.hint })
    else this.#handlers.message(message)
  }

  /** A socket that closes before it opens tells nothing; the agent's HTTP side tells more. */
  async #closed(code: number, reason: string): Promise<void> {
    const wasOpen = this.#state.phase === 'open'
    this.#commands.abandon()
    this.#reduce({ kind: 'closed', timeMs: Date.now(), code, reason })
    if (wasOpen && code !== SESSION_GONE) return
    const answer = await checkSession()
    if (answer.kind === 'refused') {
      this.#signedOut(answer)
      this.#socket?.close()
      this.#socket = null
    } else if (code === SESSION_GONE) {
      this.#socket?.reconnect()
    } else {
      const diagnosis = answer.kind === 'good' ? 'upgrade blocked' : 'unreachable'
      this.#reduce({ kind: 'diagnosed', timeMs: Date.now(), diagnosis })
    }
  }

  #watch(): void {
    if (this.#state.phase === 'open' && Date.now() - this.#lastFrameMs > DEAD_AFTER_MS) this.#socket?.reconnect()
  }

  #reduce(event: ConnectionEvent): void {
    const next = reduceConnection(this.#state, event)
    if (next === this.#state) return
    this.#state = next
    this.#handlers.state(next)
  }

  #send(message: PageMessage): boolean {
    return this.#socket?.send(JSON.stringify(message)) ?? false
  }
}
