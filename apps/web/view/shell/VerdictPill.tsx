'use client'
/** The verdict on every page: a link to its proof. */
import type { VerdictState } from '@ringside/protocol'
import Link from 'next/link'
import { useMemo } from 'react'
import { useAgent } from '../../store/agent.ts'
import { type JudgedVerdict, judge } from '../../store/verdict.ts'
import { stamp } from '../format.ts'
import { VerdictSign } from '../ledger/VerdictSign.tsx'
import { headline, sinceWords } from '../ledger/words.ts'
import { useStale } from './Stale.tsx'

const LOOKS: Readonly<Record<VerdictState, string>> = {
  unknown: 'text-mute bg-sunken',
  unbalanced: 'text-panel bg-malformed-ink font-semibold',
  blind: 'text-dropped-ink bg-dropped-wash font-semibold',
  paused: 'text-skipped-ink bg-skipped-wash font-medium',
  shed: 'text-shed-ink bg-sunken font-medium',
  sampled: 'text-sampled-ink bg-sampled-wash font-medium',
  complete: 'text-consumed-ink bg-consumed-wash',
}

/** Complete but for a pause is not a plain green. */
function lookOf(verdict: JudgedVerdict): VerdictState {
  return verdict.state === 'complete' && verdict.absences.some(({ type }) => type === null) ? 'paused' : verdict.state
}

const SPAN_MS = 300_000

export function VerdictPill() {
  const healths = useAgent((state) => state.healths)
  const control = useAgent((state) => state.control)
  const isOld = useStale() !== null
  const verdict = useMemo(() => judge(healths, SPAN_MS, control), [healths, control])
  if (verdict.sinceMs === null) return null
  return (
    <Link
      href="/ledger/"
      data-testid="verdict"
      data-state={verdict.state}
      data-stale={isOld}
      className={`flex min-w-0 items-center gap-1.5 rounded-full px-2.5 py-0.5 hover:underline ${isOld ? 'bg-sunken text-mute' : LOOKS[lookOf(verdict)]}`}
      title={`${headline(verdict, isOld)}. Judged from ${stamp(verdict.sinceMs)} on. Open the ledger for the proof.`}
    >
      <VerdictSign state={verdict.state} />
      <span className="truncate">{headline(verdict, isOld)}</span>
      <span className="shrink-0 font-normal max-[1250px]:hidden">· {sinceWords(verdict)}</span>
    </Link>
  )
}
