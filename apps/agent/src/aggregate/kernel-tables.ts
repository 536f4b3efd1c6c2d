/**
 * What the kernel counted, taking after taking, as the message that tells it: connections, time windows, the heaviest
 * keys, and how many bytes that spared. Counts what was seen and not filtered of the types whose mode asks for it. Pure.
 */
import { type EventType, HEAVY_TABLES, type HeavyTable, type Tables } from '@ringside/protocol'
import { ABI, KIND, LIMITS, RING_HEADER, ringBytes } from '../source/abi.ts'
import type { TableWindow } from '../source/source.ts'
import { Connections, connectionRow } from './connections.ts'
import { HeavyKeys } from './heavy-keys.ts'
import { DELTA, EPSILON } from './sketch.ts'
import { TimeWindows, type TypedSum } from './time-windows.ts'
import { nsBetween, type Words } from './words.ts'

const CONNECTIONS_KNOWN = 8192
const CONNECTIONS_SHOWN = 50
const WINDOWS_KEPT_MS = 60_000
const KEYS_KNOWN = 1024
const KEYS_SHOWN = 20
const PACKET_IN_RING = ringBytes(ABI.structs.rs_packet.bytes)
const WINDOW_NS = LIMITS.windowMs * 1e6
const MONOTONIC_ZERO: Words = { hi: 0, lo: 0 }

/** Which kinds of keys an event of each type is counted for. */
const FEEDS: Readonly<Record<EventType, readonly HeavyTable[]>> = {
  fork: ['process'],
  exec: ['process'],
  exit: ['process'],
  open: ['process'],
  tcp: ['process', 'remote'],
  packet: ['remote'],
  syscall: ['process', 'syscall'],
  load: [],
  tick: [],
}

/** Of the moment of a taking. */
export interface TableFacts {
  epoch: string
  timeMs: number
  /** CLOCK_MONOTONIC ns of a moment, and the same moment on the wall, ms. */
  timeZero: Words
  timeZeroMs: number
  /** Types that are counted now, and those of them that are sent as well. */
  types: readonly EventType[]
  sent: readonly EventType[]
}

export class KernelTables {
  readonly #connections = new Connections(CONNECTIONS_KNOWN)
  readonly #windows = new TimeWindows(WINDOWS_KEPT_MS)
  readonly #heavy: Readonly<Record<HeavyTable, HeavyKeys>> = {
    process: new HeavyKeys('process', KIND.process, KEYS_KNOWN),
    syscall: new HeavyKeys('syscall', KIND.syscall, KEYS_KNOWN),
    remote: new HeavyKeys('remote', KIND.remote, KEYS_KNOWN),
  }
  /** Kinds that some type was counted for at the taking before. */
  #fed: readonly HeavyTable[] = []
  /** Types that were sent as well at the taking before. */
  #sent: readonly EventType[] = []
  readonly #volume = {
    instead: { events: 0, eventBytes: 0 },
    beside: { events: 0, eventBytes: 0 },
    tableBytes: 0,
  }

  /** Takes in what was counted since the taking before. */
  take(window: TableWindow, facts: TableFacts): Tables {
    this.#begin(facts.types)
    this.#connections.merge(window.connections.keys, window.connections.sums, facts.timeZero)
    this.#count(this.#windows.merge(window.windows.keys, window.windows.sums), facts.sent)
    this.#volume.tableBytes += window.bytesRead
    const fromMs = wallMs(nsBetween(MONOTONIC_ZERO, window.from), facts)
    for (const table of HEAVY_TABLES) this.#heavy[table].merge(window, fromMs)
    return {
      type: 'tables',
      epoch: facts.epoch,
      timeMs: facts.timeMs,
      types: [...facts.types],
      intervalMs: nsBetween(window.from, window.to) / 1e6,
      connections: this.#connectionsOf(facts),
      windows: { windowMs: LIMITS.windowMs, rows: this.#windowsOf(window.to, facts) },
      heavy: this.#heavyOf(window.totals),
      volume: structuredClone(this.#volume),
    }
  }

  /** A kind that nothing was counted for begins anew: its totals are those since a type's mode was set. */
  #begin(types: readonly EventType[]): void {
    const fed = HEAVY_TABLES.filter((table) => types.some((type) => FEEDS[type].includes(table)))
    for (const table of fed) if (!this.#fed.includes(table)) this.#heavy[table].clear()
    this.#fed = fed
  }

  #connectionsOf({ timeZeroMs }: TableFacts): Tables['connections'] {
    const { known, forgotten, packets, bytes } = this.#connections
    const rows = this.#connections.heaviest(CONNECTIONS_SHOWN).map((flow) => connectionRow(flow, timeZeroMs))
    return { known, forgotten, packets, bytes, rows }
  }

  #windowsOf(to: Words, facts: TableFacts): Tables['windows']['rows'] {
    return this.#windows
      .closed(nsBetween(MONOTONIC_ZERO, to))
      .map(({ window, ...sum }) => ({ timeMs: wallMs(window * WINDOW_NS, facts), ...sum }))
  }

  #heavyOf(totals: Float64Array): Tables['heavy'] {
    const entries = HEAVY_TABLES.map((table) => {
      const total = totals[KIND[table]] ?? 0
      const rows = this.#heavy[table].heaviest(KEYS_SHOWN)
      return [table, { total, errorBound: EPSILON * total, epsilon: EPSILON, delta: DELTA, rows }]
    })
    return Object.fromEntries(entries)
  }

  /**
   * Bytes that these events would have taken in a ring: each its record with the ring's header. A window has the bytes
   * of records but for packets, whose records are all of one size. Of a variable record it has what is fixed: its path
   * is not read when it is only counted, nor is the rounding up of it known, so this is the least that it would be. Of a
   * type that began or ceased to be sent since the taking before it is not known which were: it is said to spare nothing.
   */
  #count(sums: readonly TypedSum[], sent: readonly EventType[]): void {
    const { instead, beside } = this.#volume
    for (const { type, events, bytes } of sums) {
      const volume = sent.includes(type) || this.#sent.includes(type) ? beside : instead
      volume.events += events
      volume.eventBytes += type === 'packet' ? events * PACKET_IN_RING : bytes + events * RING_HEADER.bytes
    }
    this.#sent = sent
  }
}

/** @param ns of CLOCK_MONOTONIC */
function wallMs(ns: number, { timeZero, timeZeroMs }: Pick<TableFacts, 'timeZero' | 'timeZeroMs'>): number {
  return timeZeroMs + (ns - nsBetween(MONOTONIC_ZERO, timeZero)) / 1e6
}
