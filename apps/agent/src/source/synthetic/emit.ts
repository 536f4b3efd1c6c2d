/**
 * Begin and commit, as the BPF programs do them: leave out the agent, count seen, filter, count in tables, sample, shed,
 * number, output, count drops by reason; over the same control block and the same rows. The only writer of rows and
 * rings. No clock of its own.
 */
import { ABI, LIMITS, MODE, RECORD_VERSIONS } from '../abi.ts'
import type { MonotonicWords } from '../monotonic.ts'
import type { About, Address } from './about.ts'
import type { ByteRing } from './byte-ring.ts'
import type { Filters } from './filters.ts'
import { LedgerRows } from './rows.ts'
import type { Tally } from './tally.ts'

const { rs_control, rs_type_control, rs_slot_control, rs_row, rs_fates, rs_header } = ABI.structs
const FATES = rs_fates.members

/** A record that is reserved and not submitted yet: its producer was interrupted. */
export interface Held {
  ring: ByteRing
  at: number
  record: Uint8Array
  cell: number
}

export interface EmitParts {
  cpus: number
  /** Struct rs_control. */
  control: Uint8Array
  seed: number
  filters: Pick<Filters, 'passes'>
  tally: Pick<Tally, 'count'>
}

export class Emit {
  readonly cpus: number
  readonly rows: LedgerRows
  /** By slot: what the producers write into, one ring or one for each CPU. */
  readonly rings: (readonly ByteRing[] | null)[] = Array.from({ length: LIMITS.slots }, () => null)
  /** The record under construction. Valid between `begin` and `commit`; zeroed behind the header by `begin`. */
  readonly scratch = new Uint8Array(LIMITS.scratchBytes)
  readonly view = new DataView(this.scratch.buffer)
  readonly #control: DataView
  readonly #filters: EmitParts['filters']
  readonly #tally: EmitParts['tally']
  /** By slot and ring: whether it sheds now. */
  readonly #shedding: Uint8Array
  #row = 0
  #cell = 0
  #slot = 0
  #ring: ByteRing | null = null

  constructor({ cpus, control, seed, filters, tally }: EmitParts) {
    this.cpus = cpus
    this.rows = new LedgerRows(cpus, seed)
    this.#shedding = new Uint8Array(LIMITS.slots * cpus)
    this.#control = new DataView(control.buffer, control.byteOffset, control.byteLength)
    this.#filters = filters
    this.#tally = tally
  }

  /** @returns whether the event is to be sent: then fill `scratch` behind the header and commit */
  begin(about: About, time: MonotonicWords): boolean {
    const { type, cpu, level } = about
    const control = this.#control
    const typeAt = typeOffset(type)
    if (control.getUint16(rs_control.members.paused, true) !== 0) return false
    if (control.getUint8(typeAt + rs_type_control.members.enabled) === 0) return false
    if (this.#isAgent(about)) return false
    const slot = control.getUint8(typeAt + rs_type_control.members.slot) % LIMITS.slots
    this.#row = (cpu * LIMITS.rows + level) * rs_row.bytes
    this.#cell = this.#row + rs_row.members.fates + (slot * LIMITS.types + type) * rs_fates.bytes
    this.#slot = slot
    this.#count(FATES.seen)
    if (!this.#filters.passes(type, about.process)) return this.#count(FATES.filtered)
    const mode = control.getUint8(typeAt + rs_type_control.members.mode)
    if (mode !== MODE.events) this.#countInTables(about, time)
    if (mode === MODE.aggregate) return this.#count(FATES.aggregated)
    const rate = control.getUint32(rs_control.members.rate + (slot * LIMITS.types + type) * 4, true)
    if (!this.rows.keeps(this.#row, rate)) return this.#count(FATES.sampled)
    this.#ring = ringOf(this.rings[slot] ?? null, cpu)
    if (this.#sheds(slot, cpu)) return this.#count(FATES.shed)
    this.#writeHeader(about, rate)
    return true
  }

  /** Version of the record that a type's next event gets: what is asked for, or the newest. */
  versionOf(type: number): number {
    const newest = RECORD_VERSIONS[type] ?? 1
    const asked = this.#control.getUint8(typeOffset(type) + rs_type_control.members.version)
    return asked === 0 || asked > newest ? newest : asked
  }

  /** Numbers the record and outputs it. */
  commit(size: number, time: MonotonicWords): void {
    const held = this.hold(size, time)
    if (held !== null) this.release(held)
  }

  /** Numbers and reserves; the record stays busy until `release`. Null when it was dropped. */
  hold(size: number, time: MonotonicWords): Held | null {
    this.view.setUint32(rs_header.members.size, size, true)
    this.rows.number(this.#row, this.#slot, this.view, rs_header.members.seq)
    this.view.setUint32(rs_header.members.time, time.lo, true)
    this.view.setUint32(rs_header.members.time + 4, time.hi, true)
    const ring = this.#ring
    if (ring === null) return this.#dropped(FATES.dropped_no_reader)
    if (ring.tooLarge(size)) return this.#dropped(FATES.dropped_oversize)
    const at = ring.reserve(size)
    if (at < 0) return this.#dropped(FATES.dropped_full)
    return { ring, at, record: this.scratch.subarray(0, size), cell: this.#cell }
  }

  /** Submits what `hold` gave; its record must not have been overwritten, or be a copy. */
  release(held: Held): void {
    held.ring.submit(held.at, held.record)
    this.#cell = held.cell
    this.#count(FATES.submitted)
  }

  /** Whether a reader that sleeps would be woken for what stands in the slot. */
  wakes(slot: number): boolean {
    const wakeBytes = this.#control.getUint32(slotOffset(slot) + rs_slot_control.members.wake_bytes, true)
    return (this.rings[slot] ?? []).some(({ usedBytes }) => usedBytes > 0 && usedBytes >= wakeBytes)
  }

  #isAgent({ process, conn }: About): boolean {
    const agent = this.#control.getUint32(rs_control.members.agent_pid, true)
    const port = this.#control.getUint16(rs_control.members.agent_port, true)
    if (agent !== 0 && agent === process?.pid) return true
    if (port === 0 || conn === null) return false
    return (
      (conn.sourcePort === port && isLoopback(conn.source)) ||
      (conn.destinationPort === port && isLoopback(conn.destination))
    )
  }

  #countInTables(about: About, time: MonotonicWords): void {
    for (const [table, missed] of this.#tally.count(about, time).entries()) {
      for (let i = 0; i < missed; i += 1) this.rows.add(this.#row + rs_row.members.untabled + table * 8)
    }
  }

  /** Hysteresis: on from `shed_above`, off below `shed_below`; a `shed_above` of 0 sheds always. Each ring for itself. */
  #sheds(slot: number, cpu: number): boolean {
    const at = slotOffset(slot)
    const { backpressure, shed_above, shed_below } = rs_slot_control.members
    const ring = slot * this.cpus + ((this.rings[slot]?.length ?? 1) > 1 ? cpu : 0)
    let sheds = false
    if (this.#control.getUint32(at + backpressure, true) !== 0) {
      const above = this.#control.getUint32(at + shed_above, true)
      const limit = this.#shedding[ring] === 1 ? this.#control.getUint32(at + shed_below, true) : above
      sheds = above === 0 || (this.#ring !== null && this.#ring.usedBytes >= limit)
    }
    this.#shedding[ring] = sheds ? 1 : 0
    return sheds
  }

  #writeHeader({ type, cpu, level }: About, rate: number): void {
    const { members } = rs_header
    this.scratch.fill(0)
    this.view.setUint16(members.version, this.versionOf(type), true)
    this.view.setUint16(members.type, type, true)
    this.view.setUint16(members.cpu, cpu, true)
    this.view.setUint8(members.level, level)
    this.view.setUint8(members.slot, this.#slot)
    this.view.setUint32(members.rate, rate, true)
  }

  #dropped(fate: number): null {
    this.#count(fate)
    return null
  }

  #count(fate: number): false {
    this.rows.add(this.#cell + fate)
    return false
  }
}

/** A slot has one ring, or one for each CPU. */
function ringOf(rings: readonly ByteRing[] | null, cpu: number): ByteRing | null {
  if (rings === null) return null
  return (rings.length === 1 ? rings[0] : rings[cpu]) ?? null
}

function isLoopback(address: Address): boolean {
  return address.join('.') === '127.0.0.1'
}

function typeOffset(type: number): number {
  return rs_control.members.type + type * rs_type_control.bytes
}

function slotOffset(slot: number): number {
  return rs_control.members.slot + slot * rs_slot_control.bytes
}
