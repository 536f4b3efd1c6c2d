/** The serving half of an agent, really listening, with the test in the place of the ingest thread and the controller. */
import { tmpdir } from 'node:os'
import {
  type CommandMessage,
  type Control,
  type EventType,
  type Fates,
  PREFIX_BYTES,
  PROTOCOL_VERSION,
  type SlotName,
  type Tables,
} from '@ringside/protocol'
import WebSocket from 'ws'
import { defaultSettings } from '../../src/control/settings.ts'
import type { FromIngest, IngestHealth, Publication, ToIngest } from '../../src/ingest/messages.ts'
import { Hub } from '../../src/serve/hub.ts'
import { type Doors, parseProxies } from '../../src/serve/request-facts.ts'
import { type Listening, listen } from '../../src/serve/server.ts'

export const TOKEN = 'a-token-of-the-test'

export interface SmallAgent {
  port: number
  hub: Hub
  told: ToIngest[]
  hear(message: FromIngest): void
  url(path: string): string
  connect(headers?: Record<string, string>): Promise<Page>
  close(): Promise<void>
}

/** A connected page: everything that it received so far. */
export interface Page {
  socket: WebSocket
  texts: Record<string, unknown>[]
  frames: Buffer[]
  closed: Promise<number>
  send(message: unknown): void
}

export interface HubParts {
  tellIngest?: (message: ToIngest) => void
  commands?: CommandMessage[]
}

/** A hub whose controller obeys, and writes down what. */
export function createHub({ tellIngest = () => undefined, commands = [] }: HubParts): Hub {
  const control: Control = {
    type: 'control',
    revision: 1,
    asked: defaultSettings(),
    applied: defaultSettings(),
    pending: [],
    history: [],
  }
  return new Hub({
    hello: {
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      agentVersion: '0',
      epoch: 'e',
      source: 'synthetic',
      sourceReason: null,
      transport: 'ring',
      transportReason: null,
      host: { name: 'h', kernel: '6', cpus: 2 },
      timeZeroMs: 0,
    },
    tellIngest,
    control: {
      state: () => control,
      execute: async (message) => {
        commands.push(message)
        return { type: 'reply', id: message.id, ok: true, revision: 2, error: null }
      },
    },
  })
}

export async function startSmallAgent(doors: Partial<Doors> = {}): Promise<SmallAgent> {
  const told: ToIngest[] = []
  const listening: Listening = await listen(0, {
    token: TOKEN,
    doors: { trustedProxies: parseProxies([]), publicUrls: [], basePath: '', ...doors },
    webFolder: `${tmpdir()}/no-such-folder`,
  })
  const hub = createHub({
    tellIngest: (message) => {
      told.push(message)
      if (message.type !== 'demands') return
      queueMicrotask(() => hub.heard({ type: 'replaced', version: message.version, untold: [] }))
    },
  })
  listening.open(hub)
  const url = (path: string) => `http://127.0.0.1:${listening.port}${path}`
  return {
    port: listening.port,
    hub,
    told,
    hear: (message) => hub.heard(message),
    url,
    connect: (headers = { authorization: `Bearer ${TOKEN}` }) => connect(url('/ws'), headers),
    close: () => listening.close(),
  }
}

/** Rejects with the status when the upgrade is refused. */
function connect(url: string, headers: Record<string, string>): Promise<Page> {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers })
  const page: Page = {
    socket,
    texts: [],
    frames: [],
    closed: new Promise((resolve) => socket.on('close', resolve)),
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
  }
  socket.on('message', (data, isBinary) => {
    if (isBinary) page.frames.push(data as Buffer)
    else page.texts.push(JSON.parse(String(data)))
  })
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(page))
    socket.on('unexpected-response', (_, response) => reject(new Error(`status ${response.statusCode}`)))
    socket.on('error', reject)
  })
}

export const SUBSCRIBE = {
  type: 'subscribe',
  protocol: PROTOCOL_VERSION,
  filter: { types: [], slots: [], text: '' },
  rowsPerSecond: null,
  bytes: false,
}

export function batch(demand: number, rows: number, bytes = 20_000): Publication {
  const frame = new ArrayBuffer(PREFIX_BYTES + bytes)
  return { demand, frame, rows, matched: rows, thinned: 0, withheld: 0, gaps: [] }
}

export function health(number: number): IngestHealth {
  return {
    type: 'health',
    epoch: 'e',
    number,
    timeMs: 0,
    upMs: 0,
    slots: [],
    fates: [],
    drops: [],
    dropsElsewhere: 0,
    untabled: { connections: 0, windows: 0, heavy: 0 },
    published: 0,
    withheld: 0,
    missed: 0,
    laws: [],
  }
}

/** Tables of the kernel that hold nothing. */
export function tables(timeMs: number): Tables {
  const none = { events: 0, eventBytes: 0 }
  const heavy = { total: 0, errorBound: 0, epsilon: 0.01, delta: 0.01, rows: [] }
  return {
    type: 'tables',
    epoch: 'e',
    timeMs,
    types: ['packet'],
    intervalMs: 1000,
    connections: { known: 0, forgotten: 0, packets: 0, bytes: 0, rows: [] },
    windows: { windowMs: 100, rows: [] },
    heavy: { process: heavy, syscall: heavy, remote: heavy },
    volume: { instead: none, beside: none, tableBytes: 0 },
  }
}

/** A pair that has seen nothing. */
export function fates(slot: SlotName, type: EventType): Fates {
  const dropped = { full: 0, oversize: 0, noReader: 0, other: 0 }
  const counts = { seen: 0, filtered: 0, sampled: 0, shed: 0, aggregated: 0, submitted: 0 }
  return { slot, type, ...counts, dropped, consumed: 0, decoded: 0, malformed: 0 }
}
