/** One WebSocket: messages in, checked before they mean anything; bad ones end this connection and no other. */
import { type PageMessage, parsePageMessage } from '@ringside/protocol'
import type { RawData, WebSocket } from 'ws'
import type { Problem } from '../problem.ts'
import { Client } from './client.ts'
import type { Hub } from './hub.ts'
import { RateLimit } from './rate-limit.ts'

const PING_MS = 15_000
/** Pings in a row that find a silent peer, until it is given up. */
const SILENT_PINGS = 2
const WATCH_MS = 1000
/** Of one connection and all kinds together. An acknowledgement per frame is 62 a second. */
const INBOUND_BURST = 400
const INBOUND_PER_MINUTE = 200 * 60

export const CLOSE = {
  goingAway: 1001,
  unsupported: 1003,
  malformed: 1007,
  flood: 1008,
  tryLater: 1013,
  sessionGone: 4401,
} as const

/** @param isSessionGood asked now and then: a session may end while its socket is open */
export function serveSocket(socket: WebSocket, hub: Hub, isSessionGood: () => boolean): void {
  const client = new Client(hub.nextClientId(), socket)
  // A protocol error of the peer: ws closes the connection itself, with the code that fits.
  socket.on('error', () => undefined)
  const inbound = new RateLimit(INBOUND_BURST, INBOUND_PER_MINUTE)
  const life = watch(socket, client, isSessionGood)
  /** Whether what came is to be looked at. A refused connection may send on until it is closed: nothing of it counts. */
  const isWelcome = () => {
    if (socket.readyState !== socket.OPEN) return false
    life.heard()
    if (inbound.take('')) return true
    client.refuse(FLOOD, CLOSE.flood)
    return false
  }
  socket.on('close', () => {
    life.end()
    hub.remove(client)
  })
  socket.on('pong', life.heard)
  socket.on('ping', isWelcome)
  socket.on('message', (data, isBinary) => {
    if (!isWelcome()) return
    if (isBinary) client.refuse(BINARY, CLOSE.unsupported)
    else if (!isSessionGood()) client.refuse(SESSION_GONE, CLOSE.sessionGone)
    else hear(hub, client, textOf(data))
  })
  hub.add(client)
}

function hear(hub: Hub, client: Client, text: string): void {
  const parsed = parsePageMessage(text)
  if (parsed.ok) {
    take(hub, client, parsed.value)
    return
  }
  const problem = { code: parsed.code, message: parsed.message, hint: 'Reload the page: it may be an older one.' }
  const id = commandId(text)
  if (id === null) client.refuse(problem, CLOSE.malformed)
  else client.say({ type: 'reply', id, ok: false, revision: hub.revision, error: problem })
}

function take(hub: Hub, client: Client, message: PageMessage): void {
  switch (message.type) {
    case 'subscribe':
      hub.subscribe(client, message)
      break
    case 'ack':
      client.acknowledge(message.frame)
      break
    case 'command':
      void hub.command(client, message)
  }
}

interface Life {
  /** Anything that arrives is a sign of life: on a slow link a pong waits behind all that was sent before. */
  heard(): void
  end(): void
}

/** Half-open peers, peers that have had no room for long, and sessions that have ended. */
function watch(socket: WebSocket, client: Client, isSessionGood: () => boolean): Life {
  let silent = 0
  const pings = setInterval(() => {
    if (silent >= SILENT_PINGS) client.terminate()
    else if (!isSessionGood()) client.refuse(SESSION_GONE, CLOSE.sessionGone)
    else socket.ping()
    silent += 1
  }, PING_MS)
  const checks = setInterval(() => {
    if (client.isStuck(performance.now())) client.terminate()
  }, WATCH_MS)
  return {
    heard: () => {
      silent = 0
    },
    end: () => {
      clearInterval(pings)
      clearInterval(checks)
    },
  }
}

function textOf(data: RawData): string {
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString('utf8')
}

/** The id of what is meant as a command, though it has another shape than a command's: it can be answered. */
function commandId(text: string): number | null {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof json !== 'object' || json === null || !('type' in json) || json.type !== 'command') return null
  return 'id' in json && Number.isSafeInteger(json.id) && (json.id as number) >= 0 ? (json.id as number) : null
}

const BINARY: Problem = { code: 'binary', message: 'messages to the agent are text', hint: 'See SPEC.md.' }
const FLOOD: Problem = {
  code: 'too-many',
  message: `more than ${INBOUND_PER_MINUTE / 60} messages a second`,
  hint: 'Acknowledge each frame once, and send no more than is asked for.',
}
const SESSION_GONE: Problem = {
  code: 'session',
  message: 'the session has ended',
  hint: 'Open the link that the agent printed at its start, or that `ringside status --link` prints.',
}
