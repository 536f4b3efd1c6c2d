/** How records get out of the kernel, and what a buffer is made of, in words. Pure. */
import { formatBytes, formatCount, type Hello, type SlotHealth, type Transport } from '@ringside/protocol'
import { duration } from '../format.ts'
import type { Words } from './policy.ts'

const TRANSPORTS: Readonly<Record<Transport, Words>> = {
  ring: {
    text: 'ring buffers',
    meaning: 'Records come through ring buffers, which all CPUs share unless a slot has one for each CPU.',
  },
  perf: {
    text: 'perf buffers',
    meaning: 'Records come through perf buffers, one for each CPU and slot: they stand in for ring buffers.',
  },
}

export function transportWords({ transport, transportReason }: Pick<Hello, 'transport' | 'transportReason'>): Words {
  const { text, meaning } = TRANSPORTS[transport]
  if (transportReason === null) return { text, meaning }
  return { text, meaning: `${meaning} Why: ${transportReason.replace(/[.\s]*$/, '.')}` }
}

/** "8 MiB in 2 parts, one per CPU", "8 MiB in one part". */
export function partsText({ parts, capacityBytes }: Pick<SlotHealth, 'parts' | 'capacityBytes'>): string {
  return `${formatBytes(capacityBytes)} ${parts > 1 ? `in ${formatCount(parts)} parts, one per CPU` : 'in one part'}`
}

/** "1 of 2 parts invalid"; null while all are read. */
export function faultText({ faultyParts, parts }: Pick<SlotHealth, 'faultyParts' | 'parts'>): string | null {
  if (faultyParts === 0) return null
  return parts === 1 ? 'invalid' : `${formatCount(faultyParts)} of ${formatCount(parts)} parts invalid`
}

/** Of the header that stands before each record in a ring. */
const RING_HEADER_BYTES = 8

/** "records up to 3.9 MiB still fit"; null while the buffer is gone. */
export function fitText({ largestFitBytes, capacityBytes }: SlotHealth): string | null {
  if (capacityBytes === 0) return null
  return largestFitBytes <= RING_HEADER_BYTES
    ? 'no record fits now'
    : `records up to ${formatBytes(largestFitBytes)} still fit`
}

/** What perf buffers said of loss beside what was counted: a loss that no later record follows is never told. */
export function toldText({ toldLost, tail }: SlotHealth, dropped: number): string | null {
  if (toldLost === null) return null
  return `told by the kernel ${formatCount(toldLost)} · counted ${formatCount(dropped)} · tail ${formatCount(tail)}`
}

/** "blocked for 1.2 s"; null while no record at the head holds back what is behind it. */
export function blockedText({ blockedMs, droppedBlocked }: SlotHealth): string | null {
  if (blockedMs === 0) return null
  const lost = droppedBlocked === 0 ? '' : `, ${formatCount(droppedBlocked)} dropped meanwhile`
  return `blocked for ${duration(blockedMs)}${lost}`
}
