/** What a command may ask for. Pure: a command and the settings in force in, a refusal or null out. */
import { type Command, EVENT_TYPES, formatBytes, type Settings, type SlotName } from '@ringside/protocol'
import type { Problem } from '../problem.ts'
import { RECORD_BYTES, ringBytes } from '../source/abi.ts'
import { CRITICAL_SLOT, TYPE_NAMES } from './settings.ts'

/** A page. */
const CAPACITY_MIN_BYTES = 4096
const CAPACITY_MAX_BYTES = 64 * 1024 * 1024
/** A buffer holds at least this many of the largest records that go into it. */
const RECORDS_AT_LEAST = 4

export function refusalOf(command: Command, settings: Settings): Problem | null {
  switch (command.op) {
    case 'resize':
      return sizeRefusal(command.slot, command.bytes, settings)
    case 'sampling':
      if (command.rate === 1 || settings.types[command.eventType].slot !== CRITICAL_SLOT) return null
      return {
        code: 'critical',
        message: `${command.eventType} goes to the critical buffer, whose events are never sampled`,
        hint: 'Switch the type off, or make the critical buffer larger.',
      }
    case 'backpressure':
      if (!command.on || command.slot !== CRITICAL_SLOT) return null
      return {
        code: 'critical',
        message: 'the critical buffer never sheds',
        hint: 'Make it larger, or put backpressure on normal or debug.',
      }
    case 'enable':
    case 'pause':
    case 'showSelf':
      return null
  }
}

/** RSZ-1: a power of two, whole pages, between the limits, and room for four of the largest records. */
export function sizeRefusal(slot: SlotName, bytes: number, settings: Settings): Problem | null {
  const least = leastCapacity(slot, settings)
  if (bytes >= least && bytes <= CAPACITY_MAX_BYTES && isPowerOfTwo(bytes)) return null
  const near = nearestSizes(bytes, least).map(formatBytes).join(' or ')
  const why = !isPowerOfTwo(bytes)
    ? 'not a power of two'
    : bytes > CAPACITY_MAX_BYTES
      ? `more than ${formatBytes(CAPACITY_MAX_BYTES)}`
      : `less than ${formatBytes(least)}, which the records that go there need`
  return { code: 'size', message: `${formatBytes(bytes)} is ${why}`, hint: `Take ${near}.` }
}

/** Bytes of the smallest legal buffer for the types that are routed to a slot. */
export function leastCapacity(slot: SlotName, settings: Settings): number {
  const routed = TYPE_NAMES.filter((type) => settings.types[type].slot === slot)
  const largest = Math.max(0, ...routed.map((type) => ringBytes(RECORD_BYTES[EVENT_TYPES[type]]?.max ?? 0)))
  let bytes = CAPACITY_MIN_BYTES
  while (bytes < RECORDS_AT_LEAST * largest) bytes *= 2
  return bytes
}

/** The legal sizes on both sides of a wish, or the one at the end of the range. */
function nearestSizes(bytes: number, least: number): number[] {
  if (bytes <= least) return [least]
  if (bytes >= CAPACITY_MAX_BYTES) return [CAPACITY_MAX_BYTES]
  const below = 2 ** Math.floor(Math.log2(bytes))
  return [below, below * 2].filter((size) => size >= least && size <= CAPACITY_MAX_BYTES)
}

function isPowerOfTwo(bytes: number): boolean {
  return bytes > 0 && Number.isInteger(Math.log2(bytes))
}
