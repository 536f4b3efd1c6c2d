/** What tests put in force on a host: control blocks in few words, buffers by slot, and generated events. */
import { EVENT_TYPES, type EventType, RATE_ALL } from '@ringside/protocol'
import { ABI, LIMITS } from '../../../src/source/abi.ts'
import type { KernelHost } from '../../../src/source/kernel/host.ts'
import type { BufferWish, Sharding } from '../../../src/source/source.ts'

const { rs_control, rs_type_control, rs_slot_control, rs_load } = ABI.structs
const TYPE = rs_type_control.members

export interface TypeWish {
  slot: number
  mode?: number
  version?: number
}

export interface BlockWish {
  /** Types that are on, by name or number: to which slot they go. */
  types: Partial<Record<EventType | number, number | TypeWish>>
  /** By slot number, members of struct rs_slot_control. */
  policies?: Readonly<Record<number, Partial<Record<keyof typeof rs_slot_control.members, number>>>>
  /** Sampling threshold of everything. */
  rate?: number
}

export function controlBlock({ types, policies = {}, rate = RATE_ALL }: BlockWish): Uint8Array {
  const block = new Uint8Array(rs_control.bytes)
  const view = new DataView(block.buffer)
  for (const [name, given] of Object.entries(types)) {
    if (given === undefined) continue
    const wish: TypeWish = typeof given === 'number' ? { slot: given } : given
    const { slot, mode = 0, version = 0 } = wish
    const at = typeOffset(EVENT_TYPES[name as EventType] ?? Number(name))
    view.setUint8(at + TYPE.enabled, 1)
    view.setUint8(at + TYPE.slot, slot)
    view.setUint8(at + TYPE.mode, mode)
    view.setUint8(at + TYPE.version, version)
  }
  for (const [slot, policy] of Object.entries(policies)) {
    const at = rs_control.members.slot + Number(slot) * rs_slot_control.bytes
    for (const [name, value] of Object.entries(policy)) {
      view.setUint32(at + rs_slot_control.members[name as keyof typeof rs_slot_control.members], value, true)
    }
  }
  for (let at: number = rs_control.members.rate; at < block.length; at += 4) view.setUint32(at, rate, true)
  return block
}

/** Where a type's controls stand in the block. */
export function typeOffset(type: number): number {
  return rs_control.members.type + type * rs_type_control.bytes
}

export function rateOffset(slot: number, type: number): number {
  return rs_control.members.rate + (slot * LIMITS.types + type) * 4
}

/** @param capacities bytes by slot number; null: no buffer */
export function buffersOf(
  capacities: Readonly<Record<number, number | null>>,
  sharding: Sharding = 'single',
): (BufferWish | null)[] {
  return Array.from({ length: LIMITS.slots }, (_, slot) => {
    const bytes = capacities[slot] ?? null
    return bytes === null ? null : { bytes, sharding }
  })
}

export interface LoadWish {
  padBytes?: number
  type?: number
  version?: number
}

/** Runs the load generator on the CPU of this thread; at most 512 events. */
export function generate(
  host: KernelHost,
  count: number,
  { padBytes = 0, type = 0, version = 0 }: LoadWish = {},
): void {
  const context = BigUint64Array.of(BigInt(count), BigInt(padBytes), BigInt(type), BigInt(version))
  host.object.testRun('generate', new Uint8Array(context.buffer))
}

/** Bytes of a generated record with this padding. */
export function loadBytes(padBytes = 0): number {
  return rs_load.bytes + padBytes
}
