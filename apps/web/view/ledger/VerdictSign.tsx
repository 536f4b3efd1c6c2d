/** A shape for each verdict, so that it is told without its colour. */
import type { VerdictState } from '@ringside/protocol'
import { CircleHelp, CirclePause, EyeOff, Funnel, OctagonX, ShieldCheck, Waves } from 'lucide-react'

const SIGNS = {
  unknown: CircleHelp,
  unbalanced: OctagonX,
  blind: EyeOff,
  paused: CirclePause,
  shed: Waves,
  sampled: Funnel,
  complete: ShieldCheck,
} as const satisfies Record<VerdictState, unknown>

export function VerdictSign({ state, large = false }: { state: VerdictState; large?: boolean }) {
  const Sign = SIGNS[state]
  return <Sign className={`shrink-0 ${large ? 'size-6' : 'size-3.5'}`} aria-hidden="true" />
}
