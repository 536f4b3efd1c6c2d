/**
 * The agent put together: source, ingest thread, controller, hub, door. The only place that knows all of them; each of
 * them knows its neighbours' messages only.
 */
import { randomBytes } from 'node:crypto'
import { hostname, release } from 'node:os'
import {
  type Control,
  type Health,
  PROTOCOL_VERSION,
  type Preset,
  type Settings,
  SLOT_NAMES,
  type Transport,
} from '@ringside/protocol'
import { partBytesOf } from '../../control/buffers.ts'
import { Controller } from '../../control/controller.ts'
import { encodeControl } from '../../control/layout.ts'
import { type Chosen, defaultSettings, readingOf, recordOf, startSettings } from '../../control/settings.ts'
import type { FromIngest, IngestHealth } from '../../ingest/messages.ts'
import { Hub } from '../../serve/hub.ts'
import type { Doors } from '../../serve/request-facts.ts'
import { type Listening, listen } from '../../serve/server.ts'
import { monotonicWords } from '../../source/monotonic.ts'
import {
  type HostWish,
  type OpenedHost,
  openHost,
  type SourceChoice,
  type TransportChoice,
} from '../../source/open-host.ts'
import type { SourceHost } from '../../source/source.ts'
import { Comparer } from './comparer.ts'
import { IngestThread } from './ingest-thread.ts'
import { TableTaking } from './table-taking.ts'

const INGEST_SCRIPT = new URL('../../ingest/worker.js', import.meta.url)
const FLUSH_MS = 16
const MISSED_EVERY_MS = 1000
const EPOCH_BYTES = 9
/** Of each single run. */
const COMPARE_SECONDS = '1'

export interface AgentOptions {
  version: string
  token: string
  /** Absolute path of the `ringside` command. */
  script: string
  /** 0: a free one. */
  port: number
  doors: Doors
  webFolder: string
  source: SourceChoice
  seed: number
  eventsPerSecond: number
  transport: TransportChoice
  layout: Preset
  /** Capacities that were given; a slot's counts where the layout uses it. */
  chosen: Chosen
  showSelf: boolean
  /** Events can no longer be read: the agent has to end. Called once. */
  onFailure: (message: string) => void
}

export class Agent {
  readonly port: number
  readonly source: SourceHost['kind']
  /** Why the source is synthetic although nobody asked for it. */
  readonly sourceReason: string | null
  readonly transport: Transport
  /** Why it is perf buffers although nobody asked for them. */
  readonly transportReason: string | null
  readonly #listening: Listening
  readonly #host: SourceHost
  readonly #thread: IngestThread
  readonly #controller: Controller
  readonly #hub: Hub
  readonly #missed: NodeJS.Timeout
  readonly #tables: TableTaking
  readonly #comparer: Comparer
  #lastHealth: IngestHealth | null = null

  /** Rejects with EADDRINUSE, with a SourceError, or with what else went wrong; nothing stays open then. */
  static async start(options: AgentOptions): Promise<Agent> {
    const listening = await listen(options.port, options)
    const settings = { ...defaultSettings(options.chosen, options.layout), showSelf: options.showSelf }
    const opened = await openHost({ ...options, ...startOf(settings, listening.port) }).catch(async (error) => {
      await listening.close()
      throw error
    })
    const agent = new Agent(options, settings, listening, opened)
    try {
      await agent.#thread.ready
    } catch (error) {
      await agent.stop()
      throw error
    }
    listening.open(agent.#hub)
    return agent
  }

  private constructor(options: AgentOptions, settings: Settings, listening: Listening, opened: OpenedHost) {
    const epoch = randomBytes(EPOCH_BYTES).toString('base64url')
    const timeZero = monotonicWords()
    const timeZeroMs = Date.now()
    const host = opened.host
    this.port = listening.port
    this.source = host.kind
    this.sourceReason = opened.reason
    this.transport = host.transport
    this.transportReason = host.transportReason
    this.#listening = listening
    this.#host = host
    this.#thread = new IngestThread({
      script: INGEST_SCRIPT,
      data: { feed: host.feed(), epoch, timeZero, flushMs: FLUSH_MS, reading: readingOf(settings) },
      wake: () => host.wake(),
      onMessage: (message) => this.#hear(message),
      onFailure: options.onFailure,
    })
    this.#controller = new Controller({
      host,
      ingest: this.#thread,
      settings: startSettings(settings, host),
      chosen: options.chosen,
      agentPort: listening.port,
      onChange: (control) => this.#controlChanged(control),
      compare: () => this.#comparer.start(),
    })
    this.#hub = new Hub({
      hello: {
        type: 'hello',
        protocol: PROTOCOL_VERSION,
        agentVersion: options.version,
        epoch,
        source: this.source,
        sourceReason: this.sourceReason,
        transport: this.transport,
        transportReason: this.transportReason,
        host: { name: hostname(), kernel: release(), cpus: host.cpus },
        timeZeroMs,
      },
      tellIngest: (message) => this.#thread.tell(message),
      control: this.#controller,
    })
    this.#comparer = new Comparer({
      command: [process.execPath, options.script, 'compare', '--json', '--seconds', COMPARE_SECONDS],
      onChange: (comparison) => this.#hub.comparisonChanged(comparison),
    })
    this.#tables = new TableTaking({
      host,
      epoch,
      timeZero,
      timeZeroMs,
      counted: () => this.#controller.counted,
      countedAndSent: () => this.#controller.countedAndSent,
      onTables: (tables) => this.#hub.tablesTaken(tables),
      onFailure: (text) => this.#controller.note('agent', text),
    })
    this.#missed = setInterval(() => this.#tellMissed(), MISSED_EVERY_MS)
    this.#tellMissed()
  }

  /** Says why to every page, before it is stopped. */
  refuseAll(message: string): void {
    const hint = 'Look at the terminal of the agent, and start it again.'
    this.#hub.refuseAll({ code: 'failed', message, hint }, INTERNAL_ERROR)
  }

  /** Silences the programs, drains what they have written, closes every connection, detaches. @returns the last health */
  async stop(): Promise<Health | null> {
    clearInterval(this.#missed)
    this.#comparer.stop()
    const drained = this.#controller.stop().then(() => this.#thread.stop())
    await Promise.all([drained, this.#listening.close(), this.#tables.stop()])
    await this.#host.close()
    return this.#lastHealth && { ...this.#lastHealth, client: null, clients: 0 }
  }

  #controlChanged(control: Control): void {
    this.#hub.controlChanged(control)
    this.#tables.controlChanged()
  }

  #hear(message: FromIngest): void {
    if (message.type === 'retired') this.#controller.retired(message.handles)
    if (message.type === 'health') this.#lastHealth = message.health
    this.#hub.heard(message)
  }

  #tellMissed(): void {
    this.#thread.tell({ type: 'missed', missed: this.#host.missed() })
  }
}

const INTERNAL_ERROR = 1011

/** What is in force before the first event. */
function startOf(settings: Settings, agentPort: number): Pick<HostWish, 'buffers' | 'control'> {
  return {
    buffers: SLOT_NAMES.map((slot) => {
      const { capacityBytes, sharding } = settings.slots[slot]
      return capacityBytes === 0 ? null : { bytes: capacityBytes, sharding }
    }),
    control: (agentPid, buffers) => {
      const partBytes = recordOf(SLOT_NAMES, (_, slot) => partBytesOf(buffers[slot] ?? null))
      return encodeControl(settings, { agentPid, agentPort, partBytes })
    },
  }
}
