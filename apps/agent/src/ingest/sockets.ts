/**
 * What is known of each TCP socket while it lives: a small number instead of the kernel's value, and the tuple and the
 * owner that its earlier states told. State changes from interrupts carry no process, and the first ones no whole tuple.
 * Bounded: the socket that has been quiet longest is forgotten.
 */
import { ABI } from '../source/abi.ts'

const { rs_tcp, rs_task, rs_conn } = ABI.structs
const TASK_WORD = rs_tcp.members.task / 4
const CONN_WORD = rs_tcp.members.conn / 4
const SOCKET_WORD = rs_tcp.members.socket / 4
const STATES_WORD = rs_tcp.members.old_state / 4
const TASK_WORDS = rs_task.bytes / 4
const CONN_WORDS = rs_conn.bytes / 4
const PORTS_WORD = rs_conn.members.sport / 4
const ADDRESS_WORDS = 4

/** A completed TCP record's own part: struct rs_task, struct rs_conn, and the socket's number. */
export const COMPLETION = {
  task: 0,
  conn: TASK_WORDS,
  number: TASK_WORDS + CONN_WORDS,
  words: TASK_WORDS + CONN_WORDS + 1,
} as const

/** include/net/tcp_states.h */
const TCP_SYN_SENT = 2
const TCP_SYN_RECV = 3
const TCP_CLOSE = 7
const TCP_LISTEN = 10

const CAPACITY = 16_384
/** Bits of a socket's value above these are the same for all sockets of a host. */
const KEY_HIGH_MASK = 0x1f_ffff

export class SocketTable {
  readonly #capacity: number
  readonly #words: Uint32Array
  /** Socket → entry, quietest first. */
  readonly #entries = new Map<number, number>()
  readonly #free: number[]
  #lastNumber = 0

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity
    this.#words = new Uint32Array(capacity * COMPLETION.words)
    this.#free = Array.from({ length: capacity }, (_, index) => capacity - 1 - index)
  }

  get size(): number {
    return this.#entries.size
  }

  /** Takes in the TCP record at word `at`, in the order of arrival, and writes its COMPLETION to `out`. */
  complete(words: Uint32Array, at: number, out: Uint32Array, outAt: number): void {
    const key =
      ((words[at + SOCKET_WORD + 1] as number) & KEY_HIGH_MASK) * 2 ** 32 + (words[at + SOCKET_WORD] as number)
    const states = words[at + STATES_WORD] as number
    const state = (states >>> 8) & 0xff
    const begins = state === TCP_SYN_SENT || state === TCP_SYN_RECV || state === TCP_LISTEN
    const entry = this.#entryOf(key, begins)
    this.#learn(words, at, entry)
    for (let word = 0; word < COMPLETION.words; word += 1) out[outAt + word] = this.#words[entry + word] as number
    if (state === TCP_CLOSE) this.#forget(key)
  }

  #entryOf(key: number, begins: boolean): number {
    const known = this.#entries.get(key)
    if (known !== undefined) {
      if (this.#entries.size > this.#capacity / 2) this.#refresh(key, known)
      if (begins) this.#reset(known)
      return known * COMPLETION.words
    }
    if (this.#entries.size === this.#capacity) this.#forget(this.#entries.keys().next().value as number)
    const index = this.#free.pop() as number
    this.#entries.set(key, index)
    this.#reset(index)
    return index * COMPLETION.words
  }

  /** Order matters only where something may have to be forgotten. */
  #refresh(key: number, index: number): void {
    this.#entries.delete(key)
    this.#entries.set(key, index)
  }

  #reset(index: number): void {
    const entry = index * COMPLETION.words
    this.#words.fill(0, entry, entry + COMPLETION.words)
    this.#lastNumber += 1
    this.#words[entry + COMPLETION.number] = this.#lastNumber
  }

  /** What the record does not tell is left as it was. */
  #learn(words: Uint32Array, at: number, entry: number): void {
    const known = this.#words
    if (words[at + TASK_WORD] !== 0) copy(words, at + TASK_WORD, known, entry + COMPLETION.task, TASK_WORDS)
    const conn = at + CONN_WORD
    const to = entry + COMPLETION.conn
    for (const address of [0, ADDRESS_WORDS]) {
      if (!isZero(words, conn + address)) copy(words, conn + address, known, to + address, ADDRESS_WORDS)
    }
    const ports = words[conn + PORTS_WORD] as number
    const knownPorts = known[to + PORTS_WORD] as number
    const local = ports & 0xffff || knownPorts & 0xffff
    const remote = ports >>> 16 || knownPorts >>> 16
    known[to + PORTS_WORD] = ((remote << 16) | local) >>> 0
    known[to + PORTS_WORD + 1] = words[conn + PORTS_WORD + 1] as number
  }

  #forget(key: number): void {
    const index = this.#entries.get(key)
    if (index === undefined) return
    this.#entries.delete(key)
    this.#free.push(index)
  }
}

function isZero(words: Uint32Array, at: number): boolean {
  return (
    ((words[at] as number) | (words[at + 1] as number) | (words[at + 2] as number) | (words[at + 3] as number)) === 0
  )
}

function copy(from: Uint32Array, at: number, to: Uint32Array, toAt: number, count: number): void {
  for (let word = 0; word < count; word += 1) to[toAt + word] = from[at + word] as number
}
