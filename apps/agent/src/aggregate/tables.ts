/**
 * The four top tables: which key each decoded event counts for, at full rate, weighted by 1/sampling rate. Keys are
 * words of the record; exact counts absorb the rate, and are merged into a Space-Saving summary once a second, or when
 * they are full.
 */
import { EVENT_TYPES, type EventType, TOP_TABLES, type Top, type TopTable, weightOf } from '@ringside/protocol'
import type { Ledger } from '../health/rows.ts'
import type { Records } from '../ingest/records.ts'
import { rateOf, typeOf } from '../ingest/scan.ts'
import { COMPLETION } from '../ingest/sockets.ts'
import { ABI, DIRECTION, LIMITS, TASK_FLAGS } from '../source/abi.ts'
import { ExactCounts, hashOf, hashOfTag } from './exact-counts.ts'
import { describeKey, pathTag, syscallTag } from './keys.ts'
import { LostWindow } from './lost-window.ts'
import { SlidingTop } from './window.ts'

const { rs_task, rs_fork, rs_open, rs_conn, rs_tcp, rs_packet, rs_syscall } = ABI.structs
const TASK_WORD = rs_fork.members.task / 4
const COMM_WORD = rs_task.members.comm / 4
const FLAGS_WORD = rs_task.members.flags / 4
const COMM_WORDS = LIMITS.commBytes / 4
const NR_WORD = rs_syscall.members.nr / 4
const PACKET_CONN_WORD = rs_packet.members.conn / 4
const TCP_CONN_WORD = rs_tcp.members.conn / 4
const ADDRESS_WORD = rs_conn.members.daddr / 4
const ADDRESS_WORDS = ADDRESS_WORD
const KIND_WORD = rs_conn.members.family / 4
const OPEN_LENGTHS_WORD = rs_open.members.nr / 4
const OPEN_PATH_WORD = rs_open.members.path / 4

export const WINDOW_SECONDS = 10
const ROWS = 20
const KEYS_PER_SECOND = 512
const EXACT_KEYS = 4096
const EXACT_WORDS = 128 * 1024

/** Types whose events carry the process, and which tables an event of each type counts for. */
const FEEDS: Readonly<Record<EventType, readonly TopTable[]>> = {
  fork: ['process'],
  exec: ['process'],
  exit: ['process'],
  open: ['process', 'file'],
  tcp: ['process', 'remote'],
  packet: ['remote'],
  syscall: ['process', 'syscall'],
  load: [],
  tick: [],
}

const FEEDS_PROCESS = Uint8Array.from({ length: LIMITS.types }, (_, number) =>
  Object.entries(FEEDS).some(
    ([type, tables]) => EVENT_TYPES[type as EventType] === number && tables.includes('process'),
  )
    ? 1
    : 0,
)

function typesOf(table: TopTable): number[] {
  return Object.entries(FEEDS)
    .filter(([, tables]) => tables.includes(table))
    .map(([type]) => EVENT_TYPES[type as EventType])
}

class Table {
  readonly #exact = new ExactCounts(EXACT_KEYS, EXACT_WORDS)
  readonly #top = new SlidingTop(KEYS_PER_SECOND, WINDOW_SECONDS)

  count(hash: number, tag: number, words: Uint32Array, at: number, length: number, weight: number): void {
    if (this.#exact.add(hash, tag, words, at, length, weight)) return
    this.#merge()
    this.#exact.add(hash, tag, words, at, length, weight)
  }

  /** The heaviest of the window that ends now. */
  close(): { total: number; rows: ReturnType<SlidingTop['heaviest']> } {
    this.#merge()
    const closed = { total: this.#top.total, rows: this.#top.heaviest(ROWS) }
    this.#top.advance()
    return closed
  }

  #merge(): void {
    this.#exact.drain((key, count) => this.#top.add(key, count))
  }
}

export class TopTables {
  readonly #tables: Readonly<Record<TopTable, Table>> = {
    process: new Table(),
    syscall: new Table(),
    file: new Table(),
    remote: new Table(),
  }
  readonly #lost = new LostWindow(WINDOW_SECONDS)
  readonly #epoch: string
  #rate = 0
  #weight = 0

  /** @param epoch of the agent: tables of two epochs are never compared */
  constructor(epoch: string) {
    this.#epoch = epoch
  }

  /** Counts every record of a chunk. */
  count(records: Records): void {
    const { words, at, completion, count } = records
    for (let index = 0; index < count; index += 1) {
      const record = at[index] as number
      const type = typeOf(words, record)
      const rate = rateOf(words, record)
      if (rate !== this.#rate) {
        this.#rate = rate
        this.#weight = weightOf(rate)
      }
      const completed = completion[index] as number
      if (FEEDS_PROCESS[type] === 1)
        this.#process(words, completed === 0 ? record + TASK_WORD : completed + COMPLETION.task)
      if (type === EVENT_TYPES.syscall) this.#syscall(words, record)
      else if (type === EVENT_TYPES.open) this.#file(words, record)
      else if (type === EVENT_TYPES.packet) this.#remote(words, record + PACKET_CONN_WORD, true)
      else if (type === EVENT_TYPES.tcp) {
        this.#remote(words, completed === 0 ? record + TCP_CONN_WORD : completed + COMPLETION.conn, false)
      }
    }
  }

  /** Once a second. */
  close(timeMs: number, ledger: Ledger): Top {
    this.#lost.advance(ledger)
    const tables = Object.fromEntries(
      TOP_TABLES.map((name) => {
        const { total, rows } = this.#tables[name].close()
        const shown = rows.map(({ key, count, error }) => ({ ...describeKey(name, key), count, error }))
        return [name, { total, lost: this.#lost.of(typesOf(name)), rows: shown }]
      }),
    ) as Top['tables']
    return { type: 'top', epoch: this.#epoch, timeMs, windowMs: WINDOW_SECONDS * 1000, tables }
  }

  #process(words: Uint32Array, task: number): void {
    const pid = words[task] as number
    if (pid === 0) return
    this.#tables.process.count(hashOfTag(pid), pid, words, task + COMM_WORD, COMM_WORDS, this.#weight)
  }

  #syscall(words: Uint32Array, record: number): void {
    const compat = (words[record + TASK_WORD + FLAGS_WORD] as number) & TASK_FLAGS.compat
    const tag = syscallTag(words[record + NR_WORD] as number, compat)
    this.#tables.syscall.count(hashOfTag(tag), tag, words, record, 0, this.#weight)
  }

  /** The tag holds the bytes that do not fill a word, since what stands behind them is not the path's. */
  #file(words: Uint32Array, record: number): void {
    const bytes = (words[record + OPEN_LENGTHS_WORD] as number) >>> 16
    if (bytes === 0) return
    const path = record + OPEN_PATH_WORD
    const whole = bytes >>> 2
    const rest = bytes & 3
    const tag = pathTag(words[path + whole] as number, rest)
    this.#tables.file.count(hashOf(tag, words, path, whole), tag, words, path, whole, this.#weight)
  }

  /** The far end: where a packet that comes in was sent from, else the destination. */
  #remote(words: Uint32Array, conn: number, isPacket: boolean): void {
    const kind = words[conn + KIND_WORD] as number
    const inward = isPacket && ((kind >>> 16) & 0xff) === DIRECTION.in
    const address = inward ? conn : conn + ADDRESS_WORD
    const family = kind & 0xff
    const hash = hashOf(family, words, address, ADDRESS_WORDS)
    this.#tables.remote.count(hash, family, words, address, ADDRESS_WORDS, this.#weight)
  }
}
