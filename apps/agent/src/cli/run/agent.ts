/**
 * The agent put together: source, ingest thread, controller, hub, door. The only place that knows all of them; each of
 * them knows its neighbours' messages only.
 */
import { randomBytes } from 'node:crypto'
import { hostname, release } from 'node:os'
import { type Health, PROTOCOL_VERSION, type Settings, SLOT_NAMES, type SlotName } from '@ringside/protocol'
import { Controller } from '../../control/controller.ts'
import { encodeControl } from '../../control/layout.ts'
import { defaultSettings } from '../../control/settings.ts'
import type { FromIngest, IngestHealth } from '../../ingest/messages.ts'
import { Hub } from '../../serve/hub.ts'
import type { Doors } from '../../serve/request-facts.ts'
import { type Listening, listen } from '../../serve/server.ts'
import { monotonicWords } from '../../source/monotonic.ts'
import { type OpenedHost, openHost, type SourceChoice } from '../../source/open-host.ts'
import type { SourceHost } from '../../source/source.ts'
import { IngestThread } from './ingest-thread.ts'

const INGEST_SCRIPT = new URL('../../ingest/worker.js', import.meta.url)
const FLUSH_MS = 16
const MISSED_EVERY_MS = 1000
const EPOCH_BYTES = 9

export interface AgentOptions {
  version: string
  token: string
  /** 0: a free one. */
  port: number
  doors: Doors
  webFolder: string
  source: SourceChoice
  seed: number
  eventsPerSecond: number
  capacities: Readonly<Record<SlotName, number>>
  showSelf: boolean
  /** Events can no longer be read: the agent has to end. Called once. */
  onFailure: (message: string) => void
}

export class Agent {
  readonly port: number
  readonly source: SourceHost['kind']
  /** Why the source is synthetic although nobody asked for it. */
  readonly sourceReason: string | null
  readonly #listening: Listening
  readonly #host: SourceHost
  readonly #thread: IngestThread
  readonly #controller: Controller
  readonly #hub: Hub
  readonly #missed: NodeJS.Timeout
  #lastHealth: IngestHealth | null = null

  /** Rejects with EADDRINUSE, with a SourceError, or with what else went wrong; nothing stays open then. */
  static async start(options: AgentOptions): Promise<Agent> {
    const listening = await listen(options.port, options)
    const settings = { ...defaultSettings(options.capacities), showSelf: options.showSelf }
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
    this.port = listening.port
    this.source = opened.host.kind
    this.sourceReason = opened.reason
    this.#listening = listening
    this.#host = opened.host
    this.#thread = new IngestThread({
      script: INGEST_SCRIPT,
      data: { feed: this.#host.feed(), epoch, timeZero, flushMs: FLUSH_MS },
      wake: () => this.#host.wake(),
      onMessage: (message) => this.#hear(message),
      onFailure: options.onFailure,
    })
    this.#controller = new Controller({
      host: this.#host,
      ingest: this.#thread,
      settings,
      agentPort: listening.port,
      onChange: (control) => this.#hub.controlChanged(control),
    })
    this.#hub = new Hub({
      hello: {
        type: 'hello',
        protocol: PROTOCOL_VERSION,
        agentVersion: options.version,
        epoch,
        source: this.source,
        sourceReason: this.sourceReason,
        host: { name: hostname(), kernel: release(), cpus: this.#host.cpus },
        timeZeroMs,
      },
      tellIngest: (message) => this.#thread.tell(message),
      control: this.#controller,
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
    const drained = this.#controller.stop().then(() => this.#thread.stop())
    await Promise.all([drained, this.#listening.close()])
    await this.#host.close()
    return this.#lastHealth && { ...this.#lastHealth, client: null, clients: 0 }
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
function startOf(settings: Settings, agentPort: number) {
  const capacities = settingsCapacities(settings)
  return {
    capacities: SLOT_NAMES.map((slot) => capacities[slot]),
    control: (agentPid: number) => encodeControl(settings, { agentPid, agentPort, capacities }),
  }
}

function settingsCapacities(settings: Settings): Record<SlotName, number> {
  const { critical, normal, debug } = settings.slots
  return { critical: critical.capacityBytes, normal: normal.capacityBytes, debug: debug.capacityBytes }
}
