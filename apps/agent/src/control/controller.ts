/**
 * The one writer of the control block and of the slots. Commands are carried out one after the other; what is applied
 * is read back from where the programs read it, and stands beside what was asked.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Command,
  type CommandMessage,
  type Control,
  type EventType,
  type Reply,
  type Settings,
  SLOT_NAMES,
  type SlotName,
} from '@ringside/protocol'
import type { Reading } from '../ingest/messages.ts'
import type { Problem } from '../problem.ts'
import type { SourceHost } from '../source/source.ts'
import { Buffers } from './buffers.ts'
import { type ChangeFacts, settingsAfter } from './change.ts'
import { ControlBlock } from './control-block.ts'
import { describeChange } from './describe.ts'
import { History } from './history.ts'
import { ENDING, failureOf, STALE, stillDraining, tooMany, tooSoon } from './refusals.ts'
import type { IngestLink } from './resize.ts'
import { routesOf, slotsIn } from './routes.ts'
import { refusalOf } from './rules.ts'
import { type Chosen, type Routes, readingOf, startSettings, TYPE_NAMES } from './settings.ts'
import type { Ground } from './sizes.ts'

const PENDING_MAX = 32
const BUFFERS_EVERY_MS = 2000
/** A swap waits for the kernel, some 10 to 60 ms; the end of the agent waits no longer than this for a swap. */
const LAST_TURN_MS = 500

export interface ControllerOptions {
  host: SourceHost
  ingest: IngestLink
  /** What is asked for at the start, as `startSettings` has it for this host. */
  settings: Settings
  /** Bytes that the operator has chosen, also for slots that nothing is routed to yet. */
  chosen?: Chosen
  /** Port whose traffic is the agent's own. */
  agentPort: number
  onChange: (control: Control) => void
  /** Begins to measure both transports; null: it has begun. */
  compare: () => Problem | null
  /** Shortest time between two commands that change buffers, ms. */
  resizeEveryMs?: number
}

export class Controller {
  readonly #options: ControllerOptions
  readonly #buffers: Buffers
  readonly #block: ControlBlock
  readonly #ground: Ground
  readonly #pending = new Set<{ text: string }>()
  readonly #history = new History()
  #chosen: Chosen
  #asked: Settings
  /** Where the programs are told to send events; during a change of routes not yet what is asked, or no more. */
  #routes: Routes
  /** As ingest was told last. */
  #reading: Reading
  #revision = 1
  #lastBuffersMs = Number.NEGATIVE_INFINITY
  #buffersWait = false
  #turn: Promise<unknown> = Promise.resolve()
  readonly #end = new AbortController()

  constructor(options: ControllerOptions) {
    const { host, ingest } = options
    this.#options = options
    this.#ground = { cpus: host.cpus, transport: host.transport }
    this.#chosen = { ...options.chosen }
    this.#asked = startSettings(options.settings, host)
    this.#routes = routesOf(this.#asked)
    this.#reading = readingOf(this.#asked)
    const initial = host.feed().buffers.map((buffer, slot) => {
      const name = SLOT_NAMES[slot]
      return buffer && name ? { ...buffer, sharding: this.#asked.slots[name].sharding } : null
    })
    this.#buffers = new Buffers(host, ingest, initial)
    this.#block = new ControlBlock(host, this.#buffers, options.agentPort)
    this.#write()
  }

  /** What was asked, what is applied (read back now), what goes on and what has been. */
  state(): Control {
    return {
      type: 'control',
      revision: this.#revision,
      asked: structuredClone(this.#asked),
      applied: this.#block.read(this.#asked, this.#reading),
      pending: [...this.#pending].map(({ text }) => text),
      history: this.#history.entries(),
    }
  }

  /** Types that are on, and counted in tables in the kernel. */
  get counted(): EventType[] {
    const { types } = this.#asked
    return TYPE_NAMES.filter((type) => types[type].enabled && types[type].mode !== 'events')
  }

  /** Those of them whose events are sent as well. */
  get countedAndSent(): EventType[] {
    return this.counted.filter((type) => this.#asked.types[type].mode === 'both')
  }

  /**
   * Carries a command out when those before it are done. Never rejects. One that changes buffers too soon after the last
   * one waits for its time beside the others, not in front of them.
   * @param by who asks, for the history
   */
  async execute(message: CommandMessage, by: string): Promise<Reply> {
    if (this.#ending) return this.#reply(message, ENDING)
    if (this.#pending.size >= PENDING_MAX) return this.#reply(message, tooMany(PENDING_MAX))
    const entry = { text: describeChange(this.#asked, message.command) }
    const waitMs = this.#waitMs(message)
    if (waitMs > 0) {
      if (this.#buffersWait) return this.#reply(message, tooSoon(waitMs))
      this.#buffersWait = true
      this.#pending.add(entry)
      this.#options.onChange(this.state())
      // Timers may fire a little early, by the clock that the next look takes.
      await sleep(Math.ceil(waitMs) + 1, undefined, { signal: this.#end.signal }).catch(() => undefined)
      this.#buffersWait = false
    }
    this.#pending.add(entry)
    const done = this.#turn.then(() => this.#carryOut(message, by, entry))
    this.#turn = done
    return done
  }

  /** Ingest has emptied these buffers and let go of them. */
  retired(handles: readonly number[]): void {
    this.#buffers.retired(handles)
  }

  /** Puts what went wrong beside commands into the history, and tells everybody. */
  note(by: string, text: string): void {
    this.#history.add({ timeMs: Date.now(), by, text, ok: false })
    if (!this.#ending) this.#options.onChange(this.state())
  }

  /**
   * At the agent's end. At once every program returns before `seen`, so that what is in the buffers is the rest, and
   * commands are refused. Resolves when the one that is being carried out is done, or has taken too long: from then on
   * the host may be closed.
   */
  async stop(): Promise<void> {
    this.#end.abort()
    this.#asked = { ...this.#asked, paused: true }
    this.#write()
    const late = new AbortController()
    await Promise.race([this.#turn, sleep(LAST_TURN_MS, undefined, { signal: late.signal })])
    late.abort()
  }

  async #carryOut(message: CommandMessage, by: string, entry: { text: string }): Promise<Reply> {
    const text = describeChange(this.#asked, message.command)
    let problem: Problem | null
    try {
      problem = this.#refusal(message) ?? (await this.#apply(message.command, by))
    } catch (thrown) {
      problem = failureOf(thrown)
    }
    this.#pending.delete(entry)
    if (problem === null && message.command.op !== 'compare') this.#revision += 1
    this.#history.add({
      timeMs: Date.now(),
      by,
      text: problem === null ? text : `${text}: refused, ${problem.message}`,
      ok: problem === null,
    })
    // At the end nobody is left to be told, and the host may be closed.
    if (!this.#ending) this.#options.onChange(this.state())
    return this.#reply(message, problem)
  }

  get #ending(): boolean {
    return this.#end.signal.aborted
  }

  get #facts(): ChangeFacts {
    return { ground: this.#ground, chosen: this.#chosen }
  }

  #refusal(message: CommandMessage): Problem | null {
    if (this.#ending) return ENDING
    if (message.revision !== null && message.revision !== this.#revision) return STALE
    return refusalOf(message.command, this.#asked, this.#facts)
  }

  async #apply(command: Command, by: string): Promise<Problem | null> {
    switch (command.op) {
      case 'resize':
      case 'shard':
        return this.#swap(command)
      case 'layout':
      case 'routes':
        return this.#reroute(command, by)
      case 'compare':
        return this.#options.compare()
      default:
        return this.#set(command)
    }
  }

  /** A change that no buffer takes part in. */
  async #set(command: Command): Promise<null> {
    const { host } = this.#options
    if (command.op === 'filters') await host.writeFilters(settingsAfter(this.#asked, command, this.#facts).filters)
    // Not before: the agent's end does not wait for its turn.
    const before = this.#asked
    const after = settingsAfter(before, command, this.#facts)
    this.#asked = after
    try {
      this.#write()
    } catch (thrown) {
      this.#asked = before
      // Where this fails too, what is applied stands beside what is asked.
      if (command.op === 'filters') await host.writeFilters(before.filters).catch(() => undefined)
      this.#write()
      throw thrown
    }
    if (command.op === 'processing' || command.op === 'order') {
      this.#reading = readingOf(after)
      this.#options.ingest.tell({ type: 'reading', reading: this.#reading })
    }
    return null
  }

  async #swap(command: Extract<Command, { op: 'resize' | 'shard' }>): Promise<Problem | null> {
    const { slot } = command
    const before = this.#asked.slots[slot]
    const after = settingsAfter(this.#asked, command, this.#facts).slots[slot]
    if (after.capacityBytes === before.capacityBytes && after.sharding === before.sharding) return null
    const busy = this.#beginBuffers([slot])
    if (busy !== null) return busy
    this.#askSlot(slot, after)
    this.#options.onChange(this.state())

    const wish = { bytes: after.capacityBytes, sharding: after.sharding }
    const problem = await this.#buffers.swap(slot, wish, () => this.#write())
    if (problem !== null) this.#askSlot(slot, before)
    else if (command.op === 'resize') this.#chosen = { ...this.#chosen, [slot]: command.bytes }
    this.#write()
    return problem
  }

  /**
   * Buffers of slots that come into use stand there before the first event can be routed to them; those of slots that go
   * out of use are taken away when no program that knows the old routes runs any more.
   */
  async #reroute(command: Extract<Command, { op: 'layout' | 'routes' }>, by: string): Promise<Problem | null> {
    const before = this.#asked
    const after = settingsAfter(before, command, this.#facts)
    const routes = routesOf(after)
    const { added, gone } = this.#slotsChanged(routes)
    const changed = [...added, ...gone]
    if (changed.length === 0 && TYPE_NAMES.every((type) => routes[type] === this.#routes[type])) return null
    const busy = changed.length > 0 ? this.#beginBuffers(changed) : null
    if (busy !== null) return busy
    this.#asked = after
    this.#options.onChange(this.state())

    const wishes = added.map((slot) => ({
      slot,
      bytes: after.slots[slot].capacityBytes,
      sharding: after.slots[slot].sharding,
    }))
    const problem = await this.#buffers.place(wishes)
    if (problem !== null) {
      this.#unask(before)
      this.#write()
      return problem
    }
    const oldRoutes = this.#routes
    try {
      // What a slot's thresholds are is there before its first event.
      this.#write()
      this.#routes = routes
      this.#write()
      await this.#options.host.settle()
    } catch (thrown) {
      this.#unask(before)
      this.#routes = oldRoutes
      this.#write()
      await this.#takeAway(added, by)
      throw thrown
    }
    await this.#takeAway(gone, by)
    return null
  }

  async #takeAway(slots: readonly SlotName[], by: string): Promise<void> {
    const failures = await this.#buffers.takeAway(slots)
    for (const text of failures) this.#history.add({ timeMs: Date.now(), by, text, ok: false })
    this.#write()
  }

  /** Slots that need a buffer under these routes and have none, and the other way round. */
  #slotsChanged(routes: Routes): { added: SlotName[]; gone: SlotName[] } {
    const used = slotsIn(routes)
    return {
      added: SLOT_NAMES.filter((slot) => used.has(slot) && !this.#buffers.has(slot)),
      gone: SLOT_NAMES.filter((slot) => !used.has(slot) && this.#buffers.has(slot)),
    }
  }

  /** @returns why buffers of these slots cannot be changed now; null: it begins */
  #beginBuffers(slots: readonly SlotName[]): Problem | null {
    const waitMs = this.#buffersWaitMs()
    if (waitMs > 0) return tooSoon(waitMs)
    const draining = slots.find((slot) => this.#buffers.isDraining(slot))
    if (draining !== undefined) return stillDraining(draining)
    this.#lastBuffersMs = performance.now()
    return null
  }

  #askSlot(name: SlotName, slot: Settings['slots'][SlotName]): void {
    this.#asked = { ...this.#asked, slots: { ...this.#asked.slots, [name]: slot } }
  }

  /** Routes and slots as they were asked for before; what else has been set meanwhile stays. */
  #unask({ types, slots }: Settings): void {
    this.#asked = { ...this.#asked, types, slots }
  }

  /** How long a command has to wait for its time; what will be refused anyway need not wait for it. */
  #waitMs(message: CommandMessage): number {
    return this.#changesBuffers(message.command) && this.#refusal(message) === null ? this.#buffersWaitMs() : 0
  }

  #changesBuffers(command: Command): boolean {
    if (command.op === 'resize' || command.op === 'shard') return true
    if (command.op !== 'layout' && command.op !== 'routes') return false
    const { added, gone } = this.#slotsChanged(routesOf(settingsAfter(this.#asked, command, this.#facts)))
    return added.length + gone.length > 0
  }

  #buffersWaitMs(): number {
    return this.#lastBuffersMs + (this.#options.resizeEveryMs ?? BUFFERS_EVERY_MS) - performance.now()
  }

  #write(): void {
    this.#block.write(this.#asked, this.#routes)
  }

  #reply(message: CommandMessage, problem: Problem | null): Reply {
    return { type: 'reply', id: message.id, ok: problem === null, revision: this.#revision, error: problem }
  }
}
