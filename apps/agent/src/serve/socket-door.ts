/** Upgrades: who may have a WebSocket, told before the handshake where that is possible. */
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Problem } from '../problem.ts'
import { authRefusal, cookieName } from './http.ts'
import type { Hub } from './hub.ts'
import { RateLimit } from './rate-limit.ts'
import type { RequestFacts } from './request-facts.ts'
import { bearerOf, cookieValues, type Sessions } from './session.ts'
import { CLOSE, serveSocket } from './socket.ts'
import { UpgradeMemory } from './upgrade-memory.ts'

const CLIENTS_MAX = 32
const HANDSHAKE_BURST = 40
const HANDSHAKES_PER_MINUTE = 20 * 60
const MESSAGE_LIMITS = { maxPayload: 16 * 1024, maxFragments: 16, maxBufferedChunks: 1024 } as const

export interface UpgradeRefusal {
  status: number
  problem: Problem
}

export class SocketDoor {
  readonly upgrades = new UpgradeMemory()
  readonly #sessions: Sessions
  readonly #handshakes = new RateLimit(HANDSHAKE_BURST, HANDSHAKES_PER_MINUTE)
  /** Apart from the good ones: pages of other sites knock from the same address, and must not lock its user out. */
  readonly #refusals = new RateLimit(HANDSHAKE_BURST, HANDSHAKES_PER_MINUTE)
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false, ...MESSAGE_LIMITS })
  #inside: { hub: Hub; port: number } | null = null

  constructor(sessions: Sessions) {
    this.#sessions = sessions
  }

  open(hub: Hub, port: number): void {
    this.#inside = { hub, port }
  }

  enter(request: IncomingMessage, facts: RequestFacts, socket: Duplex, head: Buffer): void {
    const inside = this.#inside
    if (inside === null) {
      this.refuse(facts, socket, { status: 503, problem: STARTING })
      return
    }
    const refusal = this.#refusal(request, facts, inside.port)
    if (refusal !== null) {
      this.refuse(facts, socket, refusal)
      return
    }
    const isGood = this.#sessionCheck(request, inside.port)
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      if (inside.hub.clients < CLIENTS_MAX) serveSocket(webSocket, inside.hub, isGood)
      else sendAway(webSocket)
    })
  }

  /** Answers instead of shaking hands, or hangs up on those who knock too often. */
  refuse({ peer }: RequestFacts, socket: Duplex, { status, problem }: UpgradeRefusal): void {
    socket.on('error', () => socket.destroy())
    if (!this.#refusals.take(peer)) {
      socket.destroy()
      return
    }
    const body = JSON.stringify(problem)
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
    ]
    // Nobody watches an upgraded socket but us, and its peer may never close its own end.
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
  }

  sayGoodbye(): void {
    for (const socket of this.#server.clients) socket.close(CLOSE.goingAway, 'the agent stops')
  }

  #refusal(request: IncomingMessage, facts: RequestFacts, port: number): UpgradeRefusal | null {
    if (facts.path !== '/ws') return { status: 404, problem: NO_SOCKET }
    this.upgrades.note(facts.host, 'forwarded')
    const { cookie, authorization } = request.headers
    const refused = authRefusal({ sessions: this.#sessions, port }, cookie, authorization, facts.peer)
    if (refused !== null) return refused
    return this.#handshakes.take(facts.peer) ? null : { status: 429, problem: TOO_FAST }
  }

  /** A connection opened with the token itself lasts; one of a cookie lasts as long as its session. */
  #sessionCheck(request: IncomingMessage, port: number): () => boolean {
    const { cookie, authorization } = request.headers
    if (bearerOf(authorization) !== null) return () => true
    const secrets = cookieValues(cookie, cookieName(port))
    return () => secrets.some((secret) => this.#sessions.use(secret))
  }
}

function sendAway(socket: WebSocket): void {
  socket.on('error', () => undefined)
  socket.send(JSON.stringify({ type: 'refusal', ...FULL }))
  socket.close(CLOSE.tryLater, FULL.code)
}

const STARTING: Problem = { code: 'starting', message: 'the agent is starting', hint: 'Try again in a second.' }
const NO_SOCKET: Problem = { code: 'route', message: 'there is no socket at this address', hint: 'It is at /ws.' }
const TOO_FAST: Problem = {
  code: 'too-many',
  message: 'too many connections from this address',
  hint: 'Wait a second.',
}
const FULL: Problem = {
  code: 'full',
  message: `${CLIENTS_MAX} clients are connected already`,
  hint: 'Close a page that is not needed.',
}
