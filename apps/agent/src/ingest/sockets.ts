/**
 * What is known of each TCP socket while it lives: a small number instead of the kernel's value, and the tuple and the
 * owner that its earlier states told. State changes from interrupts carry no process, and the first ones no whole tuple.
 *
 * CPUs are read one after the other, so a change may come before an older one of the same socket: what is late adds what
 * is missing and begins nothing anew, and the life before the present one is known still. Bounded: the socket that has
 * been quiet longest is forgotten.
 */
import { ABI } from '../source/abi.ts'
import { type TimeZero, timeOf } from './scan.ts'

const { rs_tcp, rs_task, rs_conn } = ABI.structs
const TASK_WORD = rs_tcp.members.task / 4
const CONN_WORD = rs_tcp.members.conn / 4
const SOCKET_WORD = rs_tcp.members.socket / 4
const STATES_WORD = rs_tcp.members.old_state / 4
const TASK_WORDS = rs_task.bytes / 4
const CONN_WORDS = rs_conn.bytes / 4
const PORTS_WORD = rs_conn.members.sport / 4
const ADDRESS_WORDS = 4

/** A completed TCP record's own part: struct rs_task, struct rs_conn, the socket's number, and where the table has it. */
export const COMPLETION = {
  task: 0,
  conn: TASK_WORDS,
  number: TASK_WORDS + CONN_WORDS,
  entry: TASK_WORDS + CONN_WORDS + 1,
  words: TASK_WORDS + CONN_WORDS + 2,
} as const

/** include/net/tcp_states.h */
const TCP_SYN_SENT = 2
const TCP_SYN_RECV = 3
const TCP_CLOSE = 7
const TCP_LISTEN = 10
/** By state, how far a socket has come; 0: the state does not tell. */
const STAGE = [0, 2, 1, 1, 3, 4, 5, 6, 3, 4, 0, 4, 1]

const NONE = 0xff

const CAPACITY = 16_384
/** A socket that is closed is known for so long: as long as rows can be held back. */
const KEEP_NS = 1e9
/** Bits of a socket's value above these are the same for all sockets of a host. */
const KEY_HIGH_MASK = 0x1f_ffff

export class SocketTable {
  readonly #capacity: number
  /** A life per entry; those before the present ones stand `capacity` further. */
  readonly #words: Uint32Array
  readonly #beganNs: Float64Array
  readonly #newestNs: Float64Array
  /** Time of the oldest change that told the owner. */
  readonly #ownedNs: Float64Array
  /** The state that the newest change led to; NONE: there is no such life. */
  readonly #state: Uint8Array
  /** 1: the change that began the life has been read. */
  readonly #begun: Uint8Array
  /** Socket → entry, quietest first. */
  readonly #entries = new Map<number, number>()
  /** Sockets that are closed, and when that was, in the order in which it was read. */
  readonly #closed = new Map<number, number>()
  readonly #free: number[]
  /** So that times stay exact; of the first record. */
  #zero: TimeZero | null = null
  #lastNumber = 0

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity
    this.#words = new Uint32Array(2 * capacity * COMPLETION.words)
    this.#beganNs = new Float64Array(2 * capacity)
    this.#newestNs = new Float64Array(2 * capacity)
    this.#ownedNs = new Float64Array(2 * capacity)
    this.#state = new Uint8Array(2 * capacity)
    this.#begun = new Uint8Array(2 * capacity)
    this.#free = Array.from({ length: capacity }, (_, index) => capacity - 1 - index)
  }

  get size(): number {
    return this.#entries.size
  }

  /** Takes in the TCP record at word `at`, and writes its COMPLETION to `out`. */
  complete(words: Uint32Array, at: number, out: Uint32Array, outAt: number): void {
    const timeNs = this.#timeOf(words, at)
    this.#forgetClosed(timeNs)
    const key =
      ((words[at + SOCKET_WORD + 1] as number) & KEY_HIGH_MASK) * 2 ** 32 + (words[at + SOCKET_WORD] as number)
    const states = words[at + STATES_WORD] as number
    const life = this.#lifeOf(key, states & 0xff, (states >>> 8) & 0xff, timeNs)
    this.#learn(words, at, life, timeNs)
    copy(this.#words, life * COMPLETION.words, out, outAt, COMPLETION.words)
    if ((this.#ownedNs[life] as number) > timeNs) out.fill(0, outAt + COMPLETION.task, outAt + TASK_WORDS)
  }

  /** Adds the owner to a COMPLETION when an older change of the socket that was read later has told it. */
  refill(words: Uint32Array, at: number, completion: number): void {
    if (words[completion + COMPLETION.task] !== 0) return
    const entry = words[completion + COMPLETION.entry] as number
    for (const life of [entry, entry + this.#capacity]) {
      const known = life * COMPLETION.words
      if (this.#words[known + COMPLETION.number] !== words[completion + COMPLETION.number]) continue
      if ((this.#ownedNs[life] as number) > this.#timeOf(words, at)) continue
      copy(this.#words, known + COMPLETION.task, words, completion + COMPLETION.task, TASK_WORDS)
    }
  }

  #timeOf(words: Uint32Array, at: number): number {
    this.#zero ??= { hi: Math.floor(timeOf(words, at, { hi: 0, lo: 0 }) / 2 ** 32), lo: 0 }
    return timeOf(words, at, this.#zero)
  }

  #lifeOf(key: number, from: number, to: number, timeNs: number): number {
    const entry = this.#entryOf(key)
    const state = this.#state[entry] as number
    if (state === NONE) this.#begin(entry, entry, to, timeNs)
    else if (timeNs < (this.#newestNs[entry] as number)) return this.#lateLifeOf(entry, to, timeNs)
    else if (begins(to) || state === TCP_CLOSE || isBefore(from, state)) {
      this.#makeFormer(entry)
      this.#begin(entry, entry, to, timeNs)
    }
    this.#newestNs[entry] = timeNs
    this.#state[entry] = to
    this.#closed.delete(key)
    if (to === TCP_CLOSE) this.#closed.set(key, timeNs)
    return entry
  }

  /** Of a change that is older than what is known of its socket. */
  #lateLifeOf(entry: number, to: number, timeNs: number): number {
    if (timeNs >= (this.#beganNs[entry] as number)) return entry
    const isFirst = this.#begun[entry] === 0 && begins(to)
    const former = entry + this.#capacity
    const isNoneBefore = this.#begun[entry] === 0 && to !== TCP_CLOSE && this.#isOver(former, timeNs)
    if (isFirst || isNoneBefore) {
      this.#beganNs[entry] = timeNs
      if (isFirst) this.#begun[entry] = 1
      return entry
    }
    if (this.#isOver(former, timeNs)) this.#begin(former, entry, to, timeNs)
    if (timeNs >= (this.#newestNs[former] as number)) {
      this.#newestNs[former] = timeNs
      this.#state[former] = to
    }
    return former
  }

  /** Nothing of that time can be of this life: it was closed, or there is none. */
  #isOver(life: number, timeNs: number): boolean {
    const state = this.#state[life]
    return state === NONE || (state === TCP_CLOSE && timeNs > (this.#newestNs[life] as number))
  }

  #entryOf(key: number): number {
    const known = this.#entries.get(key)
    if (known !== undefined) {
      if (this.#entries.size > this.#capacity / 2) this.#refresh(key, known)
      return known
    }
    if (this.#entries.size === this.#capacity) this.#forget(this.#entries.keys().next().value as number)
    const entry = this.#free.pop() as number
    this.#entries.set(key, entry)
    this.#state[entry] = NONE
    this.#state[entry + this.#capacity] = NONE
    return entry
  }

  /** Order matters only where something may have to be forgotten. */
  #refresh(key: number, entry: number): void {
    this.#entries.delete(key)
    this.#entries.set(key, entry)
  }

  #begin(life: number, entry: number, to: number, timeNs: number): void {
    const at = life * COMPLETION.words
    this.#words.fill(0, at, at + COMPLETION.words)
    this.#lastNumber += 1
    this.#words[at + COMPLETION.number] = this.#lastNumber
    this.#words[at + COMPLETION.entry] = entry
    this.#beganNs[life] = timeNs
    this.#newestNs[life] = timeNs
    this.#ownedNs[life] = Number.POSITIVE_INFINITY
    this.#state[life] = to
    this.#begun[life] = begins(to) ? 1 : 0
  }

  #makeFormer(entry: number): void {
    const former = entry + this.#capacity
    const { words } = COMPLETION
    this.#words.copyWithin(former * words, entry * words, (entry + 1) * words)
    for (const of of [this.#beganNs, this.#newestNs, this.#ownedNs, this.#state, this.#begun]) {
      of[former] = of[entry] as number
    }
  }

  /** What the record does not tell is left as it was, and so is what a newer one has told. */
  #learn(words: Uint32Array, at: number, life: number, timeNs: number): void {
    const known = this.#words
    const entry = life * COMPLETION.words
    const isLate = timeNs < (this.#newestNs[life] as number)
    if (words[at + TASK_WORD] !== 0) {
      const isMissing = known[entry + COMPLETION.task] === 0
      if (!isLate || isMissing) copy(words, at + TASK_WORD, known, entry + COMPLETION.task, TASK_WORDS)
      this.#ownedNs[life] = Math.min(timeNs, this.#ownedNs[life] as number)
    }
    const conn = at + CONN_WORD
    const to = entry + COMPLETION.conn
    for (const address of [0, ADDRESS_WORDS]) {
      const isKnown = isZero(words, conn + address) || (isLate && !isZero(known, to + address))
      if (!isKnown) copy(words, conn + address, known, to + address, ADDRESS_WORDS)
    }
    const told = words[conn + PORTS_WORD] as number
    const before = known[to + PORTS_WORD] as number
    const [first, second] = isLate ? [before, told] : [told, before]
    const local = first & 0xffff || second & 0xffff
    const remote = first >>> 16 || second >>> 16
    known[to + PORTS_WORD] = ((remote << 16) | local) >>> 0
    known[to + PORTS_WORD + 1] = words[conn + PORTS_WORD + 1] as number
  }

  #forgetClosed(timeNs: number): void {
    for (const [key, closedNs] of this.#closed) {
      if (closedNs + KEEP_NS > timeNs) return
      this.#forget(key)
    }
  }

  #forget(key: number): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#closed.delete(key)
    this.#free.push(entry)
  }
}

function begins(state: number): boolean {
  return state === TCP_SYN_SENT || state === TCP_SYN_RECV || state === TCP_LISTEN
}

/** A socket that lives only moves on. */
function isBefore(state: number, other: number): boolean {
  const stage = STAGE[state] ?? 0
  return stage > 0 && stage < (STAGE[other] ?? 0)
}

function isZero(words: Uint32Array, at: number): boolean {
  return (
    ((words[at] as number) | (words[at + 1] as number) | (words[at + 2] as number) | (words[at + 3] as number)) === 0
  )
}

function copy(from: Uint32Array, at: number, to: Uint32Array, toAt: number, count: number): void {
  for (let word = 0; word < count; word += 1) to[toAt + word] = from[at + word] as number
}
