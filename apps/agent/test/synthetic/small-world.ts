/**
 * The pipeline from emit to scan with everything in it and nothing around it: producers that may be interrupted, two
 * slots whose buffers come and go, one reader. Every step can be taken at every moment; what a kernel would not let
 * happen does nothing.
 */
import { type Ledger, readLedger } from '../../src/health/rows.ts'
import { Scanner } from '../../src/ingest/scan.ts'
import { ABI, LIMITS, MODE, TABLE } from '../../src/source/abi.ts'
import { Lane } from '../../src/source/kernel/lane.ts'
import type { About } from '../../src/source/synthetic/about.ts'
import { ByteRing } from '../../src/source/synthetic/byte-ring.ts'
import { Emit, type Held } from '../../src/source/synthetic/emit.ts'
import { seedsOf } from '../../src/source/synthetic/random.ts'
import { TableBank, type TableSizes } from '../../src/source/synthetic/table-bank.ts'
import { Tally } from '../../src/source/synthetic/tally.ts'
import { Controls } from './source.ts'

const RING_BYTES = 4096
export const CPUS = 2
export const SLOTS = 2
export const TYPES = [7, 8, 9] as const
export type Type = (typeof TYPES)[number]

const { rs_load, rs_row, rs_window_sum } = ABI.structs
const SIZES: TableSizes = { connections: 1, windows: 2, heavy: 4 }
const BANKS = new SharedArrayBuffer(2 * TableBank.bytes(SIZES))
const SEEDS = seedsOf(1)
const chunk = new Uint8Array(64 * 1024)
const words = new Uint32Array(chunk.buffer)

/** What is going on with a slot's buffer, as the controller does one thing after the other. */
type Change = 'none' | 'adopted' | 'installed' | 'removed'

interface Interrupted {
  slot: number
  held: Held
}

export interface Load {
  type: Type
  cpu: number
  pad: number
}

export class SmallWorld {
  readonly controls: Controls
  readonly scanner = new Scanner(CPUS)
  /** What an onlooker who knows the controls expects, by type number. */
  readonly expected = { seen: counts(), filtered: counts(), aggregated: counts(), counted: 0 }
  readonly #emit: Emit
  readonly #bank: TableBank
  readonly #lanes: readonly Lane<ByteRing>[]
  readonly #rings = new Map<number, ByteRing>()
  readonly #changes: Change[] = new Array<Change>(SLOTS).fill('none')
  readonly #adopted: (readonly ByteRing[])[] = []
  /** By CPU, the innermost last. */
  readonly #interrupted: readonly Interrupted[][] = Array.from({ length: CPUS }, () => [])
  readonly #filtered = new Set<Type>()
  readonly #modes = new Map<Type, number>()
  readonly #routes = new Map<Type, number>()
  #paused = false
  #nowNs = 0
  #serial = 0

  constructor() {
    const control = new Uint8Array(ABI.structs.rs_control.bytes)
    this.controls = new Controls((at, bytes) => control.set(bytes, at))
    this.#bank = new TableBank(BANKS, 0, SIZES)
    this.#bank.take()
    this.#emit = new Emit({
      ...{ cpus: CPUS, control, seed: 1 },
      filters: { passes: (type) => !this.#filtered.has(type as Type) },
      tally: new Tally([this.#bank, new TableBank(BANKS, TableBank.bytes(SIZES), SIZES)], SEEDS),
    })
    const pool = { open: (part: number) => this.#rings.get(part) as ByteRing, letGo: () => {} }
    this.#lanes = Array.from({ length: SLOTS }, () => new Lane(pool, null))
    for (const [index, type] of TYPES.entries()) this.route(type, index % SLOTS)
    for (let slot = 0; slot < SLOTS; slot += 1) {
      this.swap(slot, RING_BYTES, 1 + (slot % CPUS))
      this.settle(slot)
    }
  }

  /** How many records are reserved and not submitted. */
  get underway(): number {
    return this.#interrupted.reduce((sum, stack) => sum + stack.length, 0)
  }

  ledger(): Ledger {
    return readLedger(this.#emit.rows.bytes, CPUS)
  }

  /** Bytes that stand in a slot's buffers. */
  usedBytes(slot: number): number {
    const state = this.#lanes[slot]?.state()
    return state ? state.producer - state.consumer : 0
  }

  emit(load: Load): void {
    const size = this.#begin(load)
    if (size > 0) this.#emit.commit(size, this.#time)
  }

  /** The producer is interrupted between reserve and submit; whoever interrupts it runs one level deeper. */
  interrupt(load: Load): void {
    const stack = this.#stack(load.cpu)
    if (stack.length >= LIMITS.levels - 1) return
    const size = this.#begin(load)
    const held = size > 0 ? this.#emit.hold(size, this.#time) : null
    if (held === null) return
    stack.push({ slot: this.#slotOf(load.type), held: { ...held, record: held.record.slice() } })
  }

  /** The innermost producer of a CPU goes on. */
  resume(cpu: number): void {
    const last = this.#stack(cpu).pop()
    if (last) this.#emit.release(last.held)
  }

  route(type: Type, slot: number): void {
    this.#routes.set(type, slot)
    this.controls.route(type, slot)
  }

  mode(type: Type, mode: number): void {
    this.#modes.set(type, mode)
    this.controls.mode(type, mode)
  }

  filter(type: Type): void {
    if (!this.#filtered.delete(type)) this.#filtered.add(type)
  }

  pause(on: boolean): void {
    this.#paused = on
    this.controls.pause(on)
  }

  adopt(slot: number, bytes: number, parts: number): void {
    if (this.#changes[slot] !== 'none') return
    const rings = Array.from({ length: parts }, () => {
      this.#serial += 1
      const ring = new ByteRing(this.#serial, bytes)
      this.#rings.set(this.#serial, ring)
      return ring
    })
    this.#serial += 1
    this.#lanes[slot]?.adopt({ handle: this.#serial, parts: rings.map(({ handle }) => handle) })
    this.#adopted[slot] = rings
    this.#changes[slot] = 'adopted'
  }

  abandon(slot: number): void {
    if (this.#changes[slot] !== 'adopted') return
    this.#lanes[slot]?.abandoned()
    this.#changes[slot] = 'none'
  }

  install(slot: number): void {
    if (this.#changes[slot] !== 'adopted') return
    this.#emit.rings[slot] = this.#adopted[slot] ?? null
    this.#changes[slot] = 'installed'
  }

  /** Without the grace period. */
  swap(slot: number, bytes: number, parts: number): void {
    this.adopt(slot, bytes, parts)
    this.install(slot)
  }

  remove(slot: number): void {
    if (this.#changes[slot] !== 'none' || !this.#emit.rings[slot]) return
    this.#emit.rings[slot] = null
    this.#changes[slot] = 'removed'
  }

  /** The grace period of a change is over, unless some producer still holds what was there before. */
  settle(slot: number): void {
    const rings = this.#emit.rings[slot] ?? []
    const busy = this.#interrupted.flat().some((last) => last.slot === slot && !rings.includes(last.held.ring))
    if (busy) return
    if (this.#changes[slot] === 'installed') this.#lanes[slot]?.swapped()
    else if (this.#changes[slot] === 'removed') this.#lanes[slot]?.removed()
    else return
    this.#changes[slot] = 'none'
  }

  note(): void {
    for (const lane of this.#lanes) lane.note()
  }

  /** @returns bytes that were read, at most `bytes` */
  read(slot: number, bytes: number): number {
    const taken = this.#lanes[slot]?.read(chunk.subarray(0, bytes)) ?? 0
    this.scanner.scan(words, taken, slot)
    return taken
  }

  pass(): void {
    this.note()
    for (let slot = 0; slot < SLOTS; slot += 1) while (this.read(slot, chunk.length) > 0);
  }

  retire(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.retire().length, 0)
  }

  /** All that has begun ends, nothing begins, and what is there is read. */
  drain(): void {
    for (let cpu = 0; cpu < CPUS; cpu += 1) while (this.#stack(cpu).length > 0) this.resume(cpu)
    for (let slot = 0; slot < SLOTS; slot += 1) {
      this.abandon(slot)
      this.settle(slot)
    }
    this.pass()
    this.retire()
  }

  /** Events in the time windows, and those that had no room there; the table is empty then. */
  takeCounted(): number {
    const { sums } = this.#bank.take().windows
    const view = new DataView(sums.buffer)
    let events = 0
    for (let at = 0; at < sums.length; at += rs_window_sum.bytes) events += Number(view.getBigUint64(at, true))
    const rows = new DataView(this.#emit.rows.bytes.buffer)
    for (let row = 0; row < CPUS * LIMITS.rows; row += 1) {
      const at = row * rs_row.bytes + rs_row.members.untabled + TABLE.windows * 8
      events += Number(rows.getBigUint64(at, true))
    }
    return events
  }

  /** @returns bytes of the record to commit; 0: the event is not sent */
  #begin({ type, cpu, pad }: Load): number {
    this.#nowNs += 1
    const size =
      type === 8 ? rs_load.bytes + pad : type === 7 ? ABI.structs.rs_syscall.bytes : ABI.structs.rs_tick.bytes
    const level = this.#stack(cpu).length
    const about: About = {
      type,
      cpu,
      level,
      bytes: size,
      process: null,
      call: type === 7 ? pad : null,
      conn: null,
      segments: 0,
    }
    this.#expect(type)
    if (!this.#emit.begin(about, this.#time)) return 0
    if (type === 8) this.#emit.view.setUint32(rs_load.members.pad_len, pad, true)
    return size
  }

  #expect(type: Type): void {
    if (this.#paused) return
    const { expected } = this
    const mode = this.#modes.get(type) ?? MODE.events
    add(expected.seen, type)
    if (this.#filtered.has(type)) add(expected.filtered, type)
    else if (mode !== MODE.events) {
      expected.counted += 1
      if (mode === MODE.aggregate) add(expected.aggregated, type)
    }
  }

  #slotOf(type: Type): number {
    return this.#routes.get(type) ?? 0
  }

  #stack(cpu: number): Interrupted[] {
    return this.#interrupted[cpu] ?? []
  }

  get #time() {
    return { hi: 1, lo: this.#nowNs }
  }
}

function counts(): Float64Array {
  return new Float64Array(LIMITS.types)
}

function add(table: Float64Array, at: number): void {
  table[at] = (table[at] as number) + 1
}
