/**
 * The one writer of the control block and of the slots. Commands are carried out one after the other; what is applied
 * is read back from where the programs read it, and stands beside what was asked.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type CommandMessage,
  type Control,
  type Reply,
  type Settings,
  SLOT_NAMES,
  type SlotName,
} from '@ringside/protocol'
import { messageOf, type Problem } from '../problem.ts'
import type { SourceHost } from '../source/source.ts'
import { describeChange, settingsAfter } from './change.ts'
import { changedWords, decodeControl, encodeControl } from './layout.ts'
import { type IngestLink, swapRing } from './resize.ts'
import { refusalOf } from './rules.ts'
import { recordOf } from './settings.ts'

const HISTORY_MAX = 50
const PENDING_MAX = 32
const RESIZE_EVERY_MS = 2000
/** A swap waits for the kernel, some 10 to 60 ms; the end of the agent waits no longer than this for a swap. */
const LAST_TURN_MS = 500

export interface ControllerOptions {
  host: SourceHost
  ingest: IngestLink
  /** What is asked for at the start; its capacities are those that the host has made. */
  settings: Settings
  /** Port whose traffic is the agent's own. */
  agentPort: number
  onChange: (control: Control) => void
  /** Shortest time between two resizes, ms. */
  resizeEveryMs?: number
}

export class Controller {
  readonly #options: ControllerOptions
  readonly #capacities: Record<SlotName, number>
  readonly #handles: (number | null)[]
  /** Handles of rings that were swapped out and still hold records → their slot. */
  readonly #draining = new Map<number, number>()
  readonly #pending = new Set<{ text: string }>()
  readonly #history: Control['history'] = []
  #asked: Settings
  #revision = 1
  #lastResizeMs = Number.NEGATIVE_INFINITY
  #resizeWaits = false
  #turn: Promise<unknown> = Promise.resolve()
  readonly #end = new AbortController()

  constructor(options: ControllerOptions) {
    this.#options = options
    this.#asked = structuredClone(options.settings)
    this.#capacities = recordOf(SLOT_NAMES, (slot) => options.settings.slots[slot].capacityBytes)
    this.#handles = [...options.host.feed().rings]
    this.#write(this.#capacities)
  }

  /** What was asked, what is applied (read back now), what goes on and what has been. */
  state(): Control {
    return {
      type: 'control',
      revision: this.#revision,
      asked: structuredClone(this.#asked),
      applied: decodeControl(this.#options.host.readControl(), this.#capacities, this.#asked),
      pending: [...this.#pending].map(({ text }) => text),
      history: [...this.#history],
    }
  }

  /**
   * Carries a command out when those before it are done. Never rejects. A resize that comes too soon after the last
   * one waits for its time beside the others, not in front of them.
   * @param by who asks, for the history
   */
  async execute(message: CommandMessage, by: string): Promise<Reply> {
    if (this.#ending) return this.#reply(message, ENDING)
    if (this.#pending.size >= PENDING_MAX) return this.#reply(message, TOO_MANY)
    const entry = { text: describeChange(this.#asked, message.command) }
    const waitMs = this.#waitMs(message)
    if (waitMs > 0) {
      if (this.#resizeWaits) return this.#reply(message, tooSoon(waitMs))
      this.#resizeWaits = true
      this.#pending.add(entry)
      this.#options.onChange(this.state())
      // Timers may fire a little early, by the clock that the next look takes.
      await sleep(Math.ceil(waitMs) + 1, undefined, { signal: this.#end.signal }).catch(() => undefined)
      this.#resizeWaits = false
    }
    this.#pending.add(entry)
    const done = this.#turn.then(() => this.#carryOut(message, by, entry))
    this.#turn = done
    return done
  }

  /** Ingest has emptied these rings and let go of them. */
  retired(handles: readonly number[]): void {
    for (const handle of handles) {
      this.#draining.delete(handle)
      this.#options.host.closeRing(handle)
    }
  }

  /**
   * At the agent's end. At once every program returns before `seen`, so that what is in the buffers is the rest, and
   * commands are refused. Resolves when the one that is being carried out is done, or has taken too long: from then on
   * the host may be closed.
   */
  async stop(): Promise<void> {
    this.#end.abort()
    this.#asked = { ...this.#asked, paused: true }
    this.#write(this.#capacities)
    const late = new AbortController()
    await Promise.race([this.#turn, sleep(LAST_TURN_MS, undefined, { signal: late.signal })])
    late.abort()
  }

  async #carryOut(message: CommandMessage, by: string, entry: { text: string }): Promise<Reply> {
    const text = describeChange(this.#asked, message.command)
    let problem: Problem | null
    try {
      problem = this.#refusal(message) ?? (await this.#apply(message))
    } catch (thrown) {
      problem = { code: 'failed', message: messageOf(thrown), hint: '`ringside doctor` tells what this host can do.' }
    }
    this.#pending.delete(entry)
    if (problem === null) this.#revision += 1
    this.#history.push({
      timeMs: Date.now(),
      by,
      text: problem === null ? text : `${text}: refused, ${problem.message}`,
      ok: problem === null,
    })
    if (this.#history.length > HISTORY_MAX) this.#history.shift()
    // At the end nobody is left to be told, and the host may be closed.
    if (!this.#ending) this.#options.onChange(this.state())
    return this.#reply(message, problem)
  }

  get #ending(): boolean {
    return this.#end.signal.aborted
  }

  #refusal(message: CommandMessage): Problem | null {
    if (this.#ending) return ENDING
    if (message.revision !== null && message.revision !== this.#revision) return STALE
    return refusalOf(message.command, this.#asked)
  }

  async #apply({ command }: CommandMessage): Promise<Problem | null> {
    if (command.op === 'resize') return this.#resize(command.slot, command.bytes)
    const before = this.#asked
    this.#asked = settingsAfter(before, command)
    try {
      this.#write(this.#capacities)
    } catch (thrown) {
      this.#asked = before
      throw thrown
    }
    return null
  }

  async #resize(name: SlotName, bytes: number): Promise<Problem | null> {
    const slot = SLOT_NAMES.indexOf(name)
    const old = this.#handles[slot] ?? null
    const oldBytes = this.#capacities[name]
    if (bytes === oldBytes) return null
    const waitMs = this.#resizeWaitMs()
    if (waitMs > 0) return tooSoon(waitMs)
    if ([...this.#draining.values()].includes(slot)) return stillDraining(name)
    this.#lastResizeMs = performance.now()
    this.#asked.slots[name].capacityBytes = bytes
    this.#options.onChange(this.state())

    // Until the swap is over records stand in either ring: thresholds that are right for the smaller one are safe for both.
    const smaller = { ...this.#capacities, [name]: Math.min(oldBytes, bytes) }
    const { host, ingest } = this.#options
    const result = await swapRing(host, ingest, slot, bytes, () => this.#write(smaller))
    if (result.ok) {
      this.#handles[slot] = result.handle
      if (old !== null) this.#draining.set(old, slot)
      this.#capacities[name] = result.capacityBytes
    } else {
      this.#asked.slots[name].capacityBytes = oldBytes
    }
    this.#write(this.#capacities)
    return result.ok ? null : result.problem
  }

  /** How long a command has to wait for its time; what will be refused anyway need not wait for it. */
  #waitMs(message: CommandMessage): number {
    return message.command.op === 'resize' && this.#refusal(message) === null ? this.#resizeWaitMs() : 0
  }

  #resizeWaitMs(): number {
    return this.#lastResizeMs + (this.#options.resizeEveryMs ?? RESIZE_EVERY_MS) - performance.now()
  }

  #write(capacities: Readonly<Record<SlotName, number>>): void {
    const { host, agentPort } = this.#options
    const wanted = encodeControl(this.#asked, { agentPid: host.agentPid, agentPort, capacities })
    for (const [offset, word] of changedWords(host.readControl(), wanted)) host.writeControl(offset, word)
  }

  #reply(message: CommandMessage, problem: Problem | null): Reply {
    return { type: 'reply', id: message.id, ok: problem === null, revision: this.#revision, error: problem }
  }
}

const STALE: Problem = {
  code: 'stale',
  message: 'the controls have changed since you saw them',
  hint: 'Look at what is applied now, and ask again.',
}

const ENDING: Problem = {
  code: 'ending',
  message: 'the agent is coming to its end',
  hint: 'Start it again.',
}

const TOO_MANY: Problem = {
  code: 'busy',
  message: `${PENDING_MAX} commands are waiting`,
  hint: 'Wait until they are done.',
}

function tooSoon(waitMs: number): Problem {
  const seconds = (Math.ceil(waitMs / 100) / 10).toFixed(1)
  return {
    code: 'too-soon',
    message: 'a buffer was resized a moment ago, and another one waits for its turn',
    hint: `Ask again in ${seconds} s.`,
  }
}

function stillDraining(slot: SlotName): Problem {
  return {
    code: 'draining',
    message: `${slot}: records of the buffer before this one are still being read`,
    hint: 'Ask again in a moment.',
  }
}
