/**
 * Between the ingest thread's messages and the connections: who gets which publication, and what state every new
 * client starts from. It knows neither sockets' handshakes nor where records come from.
 */
import {
  type CommandMessage,
  type Comparison,
  type Control,
  type Fill,
  type Health,
  type Hello,
  type Malformed,
  type Reply,
  SLOT_NAMES,
  type Subscribe,
  type Tables,
  type Top,
} from '@ringside/protocol'
import type { FromIngest, IngestHealth, Publication, ToIngest } from '../ingest/messages.ts'
import type { Problem } from '../problem.ts'
import { type Client, clientLaw } from './client.ts'
import { Demands } from './demands.ts'
import { RateLimit } from './rate-limit.ts'
import { withRouted } from './routed-fates.ts'

const COMMAND_BURST = 10
const COMMANDS_PER_MINUTE = 300
/** Health comes once a second: after this long without one the agent is not well. */
const STALE_HEALTH_MS = 5000

/** What is the same for all clients, and told to a new one as it was told last. */
type Told = Fill | Top | Tables | Malformed | Comparison
const TOLD_KINDS = ['fill', 'top', 'tables', 'malformed', 'comparison'] as const satisfies readonly Told['type'][]

export interface HubOptions {
  /** The same for all clients but for `clientId`. */
  hello: Omit<Hello, 'clientId'>
  tellIngest: (message: ToIngest) => void
  control: {
    state(): Control
    execute(message: CommandMessage, by: string): Promise<Reply>
  }
}

export class Hub {
  readonly #options: HubOptions
  readonly #clients = new Set<Client>()
  readonly #demands: Demands
  /** The version of the demands that the publications are of which arrive now. */
  #version = 0
  readonly #commands = new RateLimit(COMMAND_BURST, COMMANDS_PER_MINUTE)
  #health: IngestHealth | null = null
  #healthAtMs = performance.now()
  #firstHealth: () => void = () => undefined
  readonly #hasHealth = new Promise<void>((resolve) => {
    this.#firstHealth = resolve
  })
  #lastClientId = 0
  readonly #latest: Partial<Record<Told['type'], string>> = {}

  constructor(options: HubOptions) {
    this.#options = options
    this.#demands = new Demands((demands, version) => options.tellIngest({ type: 'demands', demands, version }))
  }

  get clients(): number {
    return this.#clients.size
  }

  get revision(): number {
    return this.#options.control.state().revision
  }

  nextClientId(): number {
    this.#lastClientId += 1
    return this.#lastClientId
  }

  add(client: Client): void {
    this.#clients.add(client)
    client.say({ ...this.#options.hello, clientId: client.id })
    client.sayLatest('control', () => JSON.stringify(this.#options.control.state()))
    if (this.#health !== null) this.#sayHealth(client, this.#health)
    for (const kind of TOLD_KINDS) {
      const text = this.#latest[kind]
      if (text !== undefined) client.sayLatest(kind, () => text)
    }
  }

  remove(client: Client): void {
    if (!this.#clients.delete(client)) return
    for (const demand of client.leave()) this.#demands.release(demand)
  }

  /** What was asked for before goes on until ingest has closed the window that it stands in: nothing is lost between. */
  subscribe(client: Client, message: Subscribe): void {
    const demand = this.#demands.acquire(message)
    const forgotten = client.ask(demand, this.#demands.version)
    if (forgotten !== null) this.#demands.release(forgotten)
    this.#begin(client)
  }

  async command(client: Client, message: CommandMessage): Promise<void> {
    if (!this.#commands.take(client.name)) {
      client.say({ type: 'reply', id: message.id, ok: false, revision: this.revision, error: TOO_MANY })
      return
    }
    client.say(await this.#options.control.execute(message, client.name))
  }

  controlChanged(control: Control): void {
    const text = JSON.stringify(control)
    for (const client of this.#clients) client.sayLatest('control', () => text)
  }

  /** What tables in the kernel have counted. */
  tablesTaken(tables: Tables): void {
    this.#sayAll(tables)
  }

  comparisonChanged(comparison: Comparison): void {
    this.#sayAll(comparison)
  }

  /** A message of the ingest thread that clients may have to hear of. */
  heard(message: FromIngest): void {
    switch (message.type) {
      case 'published':
        this.#offer(message.publications)
        this.#options.tellIngest({ type: 'credit' })
        break
      case 'replaced':
        this.#offer(message.untold)
        this.#version = message.version
        for (const client of this.#clients) this.#begin(client)
        break
      case 'health':
        this.#takeHealth(message.health)
        break
      case 'fill':
        this.#sayAll(fillOf(message, this.#options.hello.epoch))
        break
      case 'top':
        this.#sayAll(message.top)
        break
      case 'malformed':
        this.#sayAll(message.malformed)
        break
      default:
        break
    }
  }

  /** For `ringside status`: the ledger, and the law of every client. Waits for the first health. */
  async status(): Promise<{ hello: Hello; health: Health; control: Control }> {
    await this.#hasHealth
    const health = this.#health
    if (health === null) throw new Error('no health')
    const laws = [...this.#clients].map((client) => clientLaw(client.account()))
    return {
      hello: { ...this.#options.hello, clientId: 0 },
      health: { ...health, laws: [...health.laws, ...laws], client: null, clients: this.#clients.size },
      control: this.#options.control.state(),
    }
  }

  wellness(): 'ok' | 'degraded' {
    const fresh = performance.now() - this.#healthAtMs < STALE_HEALTH_MS
    const broken =
      this.#health?.laws.some((law) => law.verdict === 'violated') ||
      this.#health?.slots.some((slot) => slot.reader === 'fault')
    return fresh && !broken ? 'ok' : 'degraded'
  }

  refuseAll(problem: Problem, closeCode: number): void {
    for (const client of this.#clients) client.refuse(problem, closeCode)
  }

  #offer(publications: readonly Publication[]): void {
    for (const publication of publications) {
      for (const client of this.#clients) {
        if (client.demand === publication.demand) client.offer(publication)
      }
    }
  }

  #begin(client: Client): void {
    const former = client.begin(this.#version)
    if (former !== null) this.#demands.release(former)
  }

  #takeHealth(told: IngestHealth): void {
    const { applied } = this.#options.control.state()
    const health = { ...told, fates: withRouted(told.fates, applied) }
    this.#health = health
    this.#healthAtMs = performance.now()
    this.#firstHealth()
    for (const client of this.#clients) this.#sayHealth(client, health)
  }

  #sayHealth(client: Client, health: IngestHealth): void {
    client.sayLatest('health', () => {
      const account = client.account()
      const own: Health = {
        ...health,
        laws: [...health.laws, clientLaw(account)],
        client: account,
        clients: this.#clients.size,
      }
      return JSON.stringify(own)
    })
  }

  #sayAll(message: Told): void {
    const text = JSON.stringify(message)
    this.#latest[message.type] = text
    for (const client of this.#clients) client.sayLatest(message.type, () => text)
  }
}

function fillOf({ timeMs, slots }: Extract<FromIngest, { type: 'fill' }>, epoch: string): Fill {
  const named = slots.flatMap(({ slot, ...bytes }) => {
    const name = SLOT_NAMES[slot]
    return name === undefined ? [] : [{ slot: name, ...bytes }]
  })
  return { type: 'fill', epoch, timeMs, slots: named }
}

const TOO_MANY: Problem = {
  code: 'too-many',
  message: 'more than five commands a second',
  hint: 'Wait a second, and ask again.',
}
