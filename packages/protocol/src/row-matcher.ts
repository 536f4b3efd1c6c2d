/** The agent's half of the filter: a sink that takes a row in as the encoder does, and says whether it passes. */
import { PACKED_CONN_MAX_BYTES, packConn } from './connection.ts'
import { EVENT_BY_NUMBER, type FieldSpec, isCarried, type Show, TASK_COMPAT } from './events.ts'
import type { CompiledFilter } from './filter.ts'
import { Interner } from './interner.ts'
import type { RowSink } from './sink.ts'

/** Connections whose answers are kept before the table starts anew. */
const MAX_CONNECTIONS = 4096
const NO_FIELDS: readonly FieldSpec[] = []

/** Use: the calls of one row, `end` included; then `matched` holds its answer. The same answer as matchesRow gives. */
export class RowMatcher implements RowSink {
  matched = false
  private readonly filter: CompiledFilter
  private fields: readonly FieldSpec[] = NO_FIELDS
  private field = 0
  private version = 0
  private compat = false
  /** Whether the answer is still open, so that the rest of the row matters. */
  private open = false
  private readonly packed = new Uint8Array(PACKED_CONN_MAX_BYTES)
  private readonly connections = new Interner()
  private readonly connectionAnswers = new Uint8Array(MAX_CONNECTIONS + 2)

  constructor(filter: CompiledFilter) {
    this.filter = filter
  }

  /** Whether a row of this type and slot can pass: if not, it need not be decoded. */
  wants(type: number, slot: number): boolean {
    return this.filter.types[type] === 1 && this.filter.slots[slot] === 1
  }

  /** Whether `wants` is the whole answer, because the filter has no text. */
  get isShallow(): boolean {
    return this.filter.text === null
  }

  row(
    type: number,
    slot: number,
    _cpu: number,
    _level: number,
    _seq: number,
    _timeNs: number,
    _rate: number,
    version: number,
  ): void {
    this.matched = this.wants(type, slot)
    this.open = this.matched && this.filter.text !== null
    if (!this.open) return
    this.matched = false
    this.fields = EVENT_BY_NUMBER[type]?.fields ?? NO_FIELDS
    this.field = 0
    this.version = version
    this.compat = false
  }

  task(
    pid: number,
    _tid: number,
    _uid: number,
    flags: number,
    u8: Uint8Array,
    commAt: number,
    commLength: number,
  ): void {
    const text = this.filter.text
    if (!this.open || text === null) return
    this.compat = (flags & TASK_COMPAT) !== 0
    if (text.pid(pid) || text.bytes(u8, commAt, commLength)) this.match()
  }

  int(value: number): void {
    const show = this.nextShow()
    if (show !== null && this.filter.text?.int(show, value, this.compat)) this.match()
  }

  text(u8: Uint8Array, at: number, length: number): void {
    if (this.nextShow() !== null && this.filter.text?.bytes(u8, at, length)) this.match()
  }

  conn(u8: Uint8Array, at: number): void {
    if (this.nextShow() !== null && this.connectionMatches(u8, at)) this.match()
  }

  bytes(): void {}

  end(): void {
    this.open = false
  }

  private match(): void {
    this.matched = true
    this.open = false
  }

  /** How the next field is shown, or null when the answer is known already, or the record does not have the field. */
  private nextShow(): Show | null {
    const field = this.open ? this.fields[this.field++] : undefined
    return field !== undefined && isCarried(field, this.version) ? field.show : null
  }

  /** 1 and 2 stand for yes and no, 0 for not tested yet. */
  private connectionMatches(u8: Uint8Array, at: number): boolean {
    if (this.connections.count > MAX_CONNECTIONS) {
      this.connections.reset()
      this.connectionAnswers.fill(0)
    }
    const index = this.connections.intern(this.packed, 0, packConn(u8, at, this.packed))
    if (this.connectionAnswers[index] === 0) {
      this.connectionAnswers[index] = this.filter.text?.connection(u8, at) ? 1 : 2
    }
    return this.connectionAnswers[index] === 1
  }
}
