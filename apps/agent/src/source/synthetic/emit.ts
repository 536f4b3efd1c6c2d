/**
 * Begin and commit, as the BPF programs do them: leave out the agent, count seen, sample, shed, number, output, count
 * drops by reason; over the same control block and the same rows. The only writer of rows and rings. No clock of its own.
 */
import { ABI, ABI_VERSION, LIMITS } from '../abi.ts'
import type { MonotonicWords } from '../monotonic.ts'
import type { ByteRing } from './byte-ring.ts'

const RATE_ALL = 0xffff_ffff
const { rs_control, rs_type_control, rs_slot_control, rs_row, rs_fates, rs_header } = ABI.structs
const FATES = rs_fates.members
const LCG_MULTIPLIER = 6364136223846793005n
const LCG_INCREMENT = 1442695040888963407n
/** 2^64 / φ: gives each row's draw a start of its own. */
const SPREAD = 0x9e3779b97f4a7c15n

/** A record that is reserved and not submitted yet: its producer was interrupted. */
export interface Held {
  ring: ByteRing
  at: number
  record: Uint8Array
  row: number
  cell: number
}

export class Emit {
  readonly cpus: number
  /** cpus × RS_ROWS × struct rs_row. */
  readonly rows: Uint8Array
  /** By slot: what the producers write into. */
  readonly rings: (ByteRing | null)[] = Array.from({ length: LIMITS.slots }, () => null)
  /** The record under construction. Valid between `begin` and `commit`; zeroed behind the header by `begin`. */
  readonly scratch = new Uint8Array(LIMITS.scratchBytes)
  readonly view = new DataView(this.scratch.buffer)
  readonly #control: DataView
  readonly #words: Uint32Array
  readonly #shedding = new Uint8Array(LIMITS.slots)
  #row = 0
  #cell = 0
  #slot = 0

  constructor(cpus: number, control: Uint8Array, seed: number) {
    this.cpus = cpus
    this.#control = new DataView(control.buffer, control.byteOffset, control.byteLength)
    this.rows = new Uint8Array(cpus * LIMITS.rows * rs_row.bytes)
    this.#words = new Uint32Array(this.rows.buffer)
    const states = new DataView(this.rows.buffer)
    for (let row = 0; row < cpus * LIMITS.rows; row += 1) {
      const state = BigInt.asUintN(64, (BigInt(seed) + 1n) * SPREAD * BigInt(row + 1))
      states.setBigUint64(row * rs_row.bytes + rs_row.members.lcg, state, true)
    }
  }

  /**
   * @param pid whose event it is, @param sport and @param dport its ports or 0: what is not the agent's own
   * @returns whether the event is wanted: then fill `scratch` behind the header and commit
   */
  begin(type: number, cpu: number, level: number, pid: number, sport = 0, dport = 0): boolean {
    const control = this.#control
    const typeAt = rs_control.members.type + type * rs_type_control.bytes
    if (control.getUint16(rs_control.members.paused, true) !== 0) return false
    if (control.getUint8(typeAt + rs_type_control.members.enabled) === 0) return false
    if (this.#isAgent(pid, sport, dport)) return false
    const slot = control.getUint8(typeAt + rs_type_control.members.slot) % LIMITS.slots
    this.#row = (cpu * LIMITS.rows + level) * rs_row.bytes
    this.#cell = this.#row + rs_row.members.fates + (slot * LIMITS.types + type) * rs_fates.bytes
    this.#slot = slot
    this.#count(FATES.seen)
    const rate = control.getUint32(rs_control.members.rate + (slot * LIMITS.types + type) * 4, true)
    if (!this.#drawn(rate)) return this.#count(FATES.sampled)
    if (this.#sheds(slot)) return this.#count(FATES.shed)
    this.scratch.fill(0)
    this.view.setUint16(rs_header.members.version, ABI_VERSION, true)
    this.view.setUint16(rs_header.members.type, type, true)
    this.view.setUint16(rs_header.members.cpu, cpu, true)
    this.view.setUint8(rs_header.members.level, level)
    this.view.setUint8(rs_header.members.slot, slot)
    this.view.setUint32(rs_header.members.rate, rate, true)
    return true
  }

  /** Numbers the record and outputs it. */
  commit(size: number, time: MonotonicWords): void {
    const held = this.hold(size, time)
    if (held !== null) this.release(held)
  }

  /** Numbers and reserves; the record stays busy until `release`. Null when it was dropped. */
  hold(size: number, time: MonotonicWords): Held | null {
    this.view.setUint32(rs_header.members.size, size, true)
    this.#number()
    this.view.setUint32(rs_header.members.time, time.lo, true)
    this.view.setUint32(rs_header.members.time + 4, time.hi, true)
    const ring = this.rings[this.#slot] as ByteRing | null
    if (ring === null) return this.#dropped(FATES.dropped_no_reader)
    if (ring.tooLarge(size)) return this.#dropped(FATES.dropped_oversize)
    const at = ring.reserve(size)
    if (at < 0) return this.#dropped(FATES.dropped_full)
    return { ring, at, record: this.scratch.subarray(0, size), row: this.#row, cell: this.#cell }
  }

  /** Submits what `hold` gave; its record must not have been overwritten, or be a copy. */
  release(held: Held): void {
    held.ring.submit(held.at, held.record)
    this.#cell = held.cell
    this.#count(FATES.submitted)
  }

  /** Bytes of fill at which a sleeping reader of the slot is woken. */
  wakeBytes(slot: number): number {
    return this.#control.getUint32(this.#slotAt(slot) + rs_slot_control.members.wake_bytes, true)
  }

  #isAgent(pid: number, sport: number, dport: number): boolean {
    const agent = this.#control.getUint32(rs_control.members.agent_pid, true)
    const port = this.#control.getUint16(rs_control.members.agent_port, true)
    return (agent !== 0 && agent === pid) || (port !== 0 && (port === sport || port === dport))
  }

  #drawn(rate: number): boolean {
    if (rate === RATE_ALL) return true
    if (rate === 0) return false
    const word = (this.#row + rs_row.members.lcg) / 4
    const state = (BigInt(this.#words[word + 1] as number) << 32n) | BigInt(this.#words[word] as number)
    const next = BigInt.asUintN(64, state * LCG_MULTIPLIER + LCG_INCREMENT)
    const draw = Number(next >> 32n)
    this.#words[word] = Number(next & 0xffff_ffffn)
    this.#words[word + 1] = draw
    return draw < rate
  }

  /** Hysteresis: on from `shed_above`, off below `shed_below`; a `shed_above` of 0 sheds always. */
  #sheds(slot: number): boolean {
    const at = this.#slotAt(slot)
    const { backpressure, shed_above, shed_below } = rs_slot_control.members
    let sheds = false
    if (this.#control.getUint32(at + backpressure, true) !== 0) {
      const above = this.#control.getUint32(at + shed_above, true)
      const limit = this.#shedding[slot] === 1 ? this.#control.getUint32(at + shed_below, true) : above
      const ring = this.rings[slot] as ByteRing | null
      sheds = above === 0 || (ring !== null && ring.usedBytes >= limit)
    }
    this.#shedding[slot] = sheds ? 1 : 0
    return sheds
  }

  #slotAt(slot: number): number {
    return rs_control.members.slot + slot * rs_slot_control.bytes
  }

  /** The stream's next number, into the row and the record. */
  #number(): void {
    const at = this.#row + rs_row.members.seq + this.#slot * 8
    this.#add(at)
    this.view.setUint32(rs_header.members.seq, this.#words[at >>> 2] as number, true)
    this.view.setUint32(rs_header.members.seq + 4, this.#words[(at >>> 2) + 1] as number, true)
  }

  #dropped(fate: number): null {
    this.#count(fate)
    return null
  }

  #count(fate: number): false {
    this.#add(this.#cell + fate)
    return false
  }

  /** + 1 to the 64-bit word at a byte offset of the rows. */
  #add(at: number): void {
    const word = at >>> 2
    const low = ((this.#words[word] as number) + 1) >>> 0
    this.#words[word] = low
    if (low === 0) this.#words[word + 1] = (this.#words[word + 1] as number) + 1
  }
}
