/** The policy in force on a buffer and the state of its reader, in words. */
import { type EventType, formatShare, type Settings, type SlotHealth, type SlotName } from '@ringside/protocol'
import { typesIn } from '../../store/slots.ts'
import { offTypes } from '../../store/verdict.ts'

export interface Words {
  readonly text: string
  readonly meaning: string
}

/** @param applied what was read back from the kernel; null while unknown */
export function policyOf(slot: SlotName, applied: Settings | null): Words {
  if (applied === null) return { text: '', meaning: '' }
  if (applied.paused) return { text: 'paused', meaning: 'Capture is paused: no event is recorded.' }
  const counted = typesOf(slot, applied).filter((type) => applied.types[type].mode === 'aggregate')
  const sampled = typesOf(slot, applied).filter((type) => applied.types[type].rate < 1)
  const off = offTypes(applied).filter((type) => applied.types[type].slot === slot)
  const parts: string[] = []
  if (off.length > 0) parts.push(`off: ${off.join(', ')}`)
  if (counted.length > 0) parts.push(`only counted: ${counted.join(', ')}`)
  if (sampled.length > 0 && slot !== 'critical')
    parts.push(`sampled: ${sampled.map((type) => `${type} ${ratio(applied.types[type].rate)}`).join(', ')}`)
  const { backpressure, watermark, rate } = applied.slots[slot]
  if (rate < 1 && slot !== 'critical') parts.push(`sampled ${ratio(rate)} as a whole`)
  if (backpressure) parts.push(watermark === 0 ? 'sheds everything' : `sheds above ${formatShare(watermark)}`)
  if (slot === 'critical') parts.push('never sampled, never shed')
  else if (parts.length === 0) parts.push('nothing is sampled or shed')
  return {
    text: parts.join(' · '),
    meaning: `Policy in force on ${slot}, read back from the kernel: ${parts.join('; ')}`,
  }
}

/** Types that go there and are switched on. */
function typesOf(slot: SlotName, applied: Settings): EventType[] {
  return typesIn(applied, slot).filter((type) => applied.types[type].enabled)
}

/** 0.1 → "1:10", 1 → "all", 0 → "none", 0.3 → "30 %". */
export function ratio(rate: number): string {
  if (rate >= 1) return 'all'
  if (rate <= 0) return 'none'
  const inverse = 1 / rate
  return Math.abs(inverse - Math.round(inverse)) < 1e-6 * inverse ? `1:${Math.round(inverse)}` : formatShare(rate)
}

const READER: Readonly<Record<SlotHealth['reader'], Words>> = {
  reading: { text: 'reading', meaning: 'The agent takes records out of this buffer.' },
  sleeping: { text: 'asleep', meaning: 'The buffer is empty; the agent sleeps until the kernel wakes it.' },
  blocked: {
    text: 'blocked',
    meaning: 'A record at the head is reserved and not committed yet: it holds back all behind it.',
  },
  fault: {
    text: 'invalid',
    meaning:
      'The buffer holds positions or lengths that cannot be, so it is no longer read. A resize puts a new one in its place.',
  },
}

export function readerWords(reader: SlotHealth['reader']): Words {
  return READER[reader]
}
