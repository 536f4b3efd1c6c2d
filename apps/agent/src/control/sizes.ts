/**
 * RSZ-1: which capacities a buffer may have. A buffer of several parts divides evenly among them, and each part has to
 * hold the largest records by itself. Pure.
 */
import { EVENT_TYPES, formatBytes, type Settings, type SlotName, type Transport } from '@ringside/protocol'
import type { Problem } from '../problem.ts'
import { RECORD_BYTES, ringBytes } from '../source/abi.ts'
import type { Sharding } from '../source/source.ts'
import { TYPE_NAMES } from './settings.ts'

/** A page. */
const PART_MIN_BYTES = 4096
export const CAPACITY_MAX_BYTES = 64 * 1024 * 1024
/** A part holds at least this many of the largest records that go into it. */
const RECORDS_AT_LEAST = 4

/** What of the source decides how many parts a buffer has. */
export interface Ground {
  /** Possible CPUs. */
  cpus: number
  transport: Transport
}

export function partsOf(sharding: Sharding, { cpus, transport }: Ground): number {
  return sharding === 'cpu' || transport === 'perf' ? cpus : 1
}

/** A power of two, whole pages, between the limits, and in each part room for four of the largest records. */
export function sizeRefusal(slot: SlotName, bytes: number, settings: Settings, ground: Ground): Problem | null {
  const least = leastCapacity(slot, settings, ground)
  if (bytes >= least && bytes <= CAPACITY_MAX_BYTES && isPowerOfTwo(bytes)) return null
  const near = nearestSizes(bytes, least).map(formatBytes).join(' or ')
  const parts = partsOf(settings.slots[slot].sharding, ground)
  const need = parts === 1 ? 'which the records that go there need' : `which its ${parts} parts need, one for each CPU`
  const why = !isPowerOfTwo(bytes)
    ? 'not a power of two'
    : bytes > CAPACITY_MAX_BYTES
      ? `more than ${formatBytes(CAPACITY_MAX_BYTES)}`
      : `less than ${formatBytes(least)}, ${need}`
  return { code: 'size', message: `${formatBytes(bytes)} is ${why}`, hint: `Take ${near}.` }
}

/** Bytes of the smallest legal buffer for the types that are routed to a slot. */
export function leastCapacity(slot: SlotName, settings: Settings, ground: Ground): number {
  const routed = TYPE_NAMES.filter((type) => settings.types[type].slot === slot)
  const largest = Math.max(0, ...routed.map((type) => ringBytes(RECORD_BYTES[EVENT_TYPES[type]]?.max ?? 0)))
  const part = powerOfTwoFrom(Math.max(PART_MIN_BYTES, RECORDS_AT_LEAST * largest))
  return powerOfTwoFrom(part * partsOf(settings.slots[slot].sharding, ground))
}

/** The legal sizes on both sides of a wish, or the one at the end of the range. */
function nearestSizes(bytes: number, least: number): number[] {
  if (bytes <= least) return [least]
  if (bytes >= CAPACITY_MAX_BYTES) return [CAPACITY_MAX_BYTES]
  const below = 2 ** Math.floor(Math.log2(bytes))
  return [below, below * 2].filter((size) => size >= least && size <= CAPACITY_MAX_BYTES)
}

/** The smallest power of two that is not below. */
function powerOfTwoFrom(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(bytes))
}

function isPowerOfTwo(bytes: number): boolean {
  return bytes > 0 && Number.isInteger(Math.log2(bytes))
}
