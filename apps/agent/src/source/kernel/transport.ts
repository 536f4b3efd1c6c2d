/** Which transport the programs use: ring buffers where the kernel can, else perf buffers. */
import { Ring } from '@ringside/native'
import type { Transport } from '@ringside/protocol'
import { messageOf } from '../../problem.ts'
import { type HostFacts, isAtLeast, RING_FLOOR } from './facts.ts'

/** auto: ring buffers where the kernel has them, else perf buffers. */
export type TransportChoice = 'auto' | Transport

export interface ChosenTransport {
  transport: Transport
  /** Why it is perf buffers although nobody asked for them. */
  reason: string | null
}

/** Why this host cannot have ring buffers in slots, or null. */
export type RingProbe = (facts: Pick<HostFacts, 'version' | 'kernel'>) => string | null

const PROBE_RING_BYTES = 4096

export function probeRings({ version, kernel }: Pick<HostFacts, 'version' | 'kernel'>): string | null {
  if (!isAtLeast(version, RING_FLOOR)) {
    return `Linux ${kernel} cannot swap ring buffers of different size: that takes ${RING_FLOOR.join('.')}`
  }
  try {
    Ring.createSync(PROBE_RING_BYTES).close()
    return null
  } catch (thrown) {
    return `no ring buffer can be made: ${messageOf(thrown)}`
  }
}

/** What was asked for is taken as it is: where the host cannot do it, loading tells why. */
export function chooseTransport(
  choice: TransportChoice,
  facts: Pick<HostFacts, 'version' | 'kernel'>,
  probe: RingProbe = probeRings,
): ChosenTransport {
  if (choice !== 'auto') return { transport: choice, reason: null }
  const reason = probe(facts)
  return { transport: reason === null ? 'ring' : 'perf', reason }
}
