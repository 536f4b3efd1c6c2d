'use client'
/** L1 and L2 of one slot as sums that a reader can check by adding up. */
import { formatCount, type Law, type SlotName } from '@ringside/protocol'
import { Fragment } from 'react'
import { useAgent } from '../../store/agent.ts'
import type { Totals } from '../../store/totals.ts'
import { LawMark } from '../parts/LawMark.tsx'

export function SlotLaws({ slot, totals }: { slot: SlotName; totals: Totals }) {
  const laws = useAgent((state) => state.health?.laws) ?? []
  const verdict = (id: Law['id']) => lawOf(laws, id, slot)?.verdict ?? null
  const inBuffer = totals.submitted - totals.consumed
  return (
    <dl className="mt-auto space-y-0.5 border-t border-line pt-2 font-mono text-label text-mute">
      <Sum
        name="L1"
        total={['seen', totals.seen]}
        terms={[
          ...(totals.filtered > 0 ? [['filtered', totals.filtered] as const] : []),
          ['sampled', totals.sampled],
          ['shed', totals.shed],
          ...(totals.aggregated > 0 ? [['aggregated', totals.aggregated] as const] : []),
          ['dropped', totals.dropped],
          ['submitted', totals.submitted],
        ]}
        verdict={verdict('L1')}
      />
      <Sum
        name="L2"
        total={['submitted', totals.submitted]}
        terms={[
          ['consumed', totals.consumed],
          ['in the buffer', inBuffer],
        ]}
        verdict={verdict('L2')}
      />
    </dl>
  )
}

/** The evaluation of a law for one slot: as a whole, or the worst of its types. */
export function lawOf(laws: readonly Law[], id: Law['id'], slot: SlotName): Law | undefined {
  const rank = { exact: 0, 'in flight': 1, violated: 2 } as const
  return laws
    .filter(
      (law) =>
        law.id === id && (law.scope === slot || law.scope.startsWith(`${slot}/`) || law.scope.startsWith(`${slot} `)),
    )
    .sort((a, b) => rank[b.verdict] - rank[a.verdict])[0]
}

type Term = readonly [word: string, value: number]

function Sum(props: { name: string; total: Term; terms: readonly Term[]; verdict: Law['verdict'] | null }) {
  return (
    <div className="flex gap-2">
      <dt className="flex gap-1.5 text-faint">
        <LawMark verdict={props.verdict} />
        {props.name}
      </dt>
      <dd className="min-w-0 flex-1 leading-4">
        <Summand term={props.total} /> ={' '}
        {props.terms.map((term, i) => (
          <Fragment key={term[0]}>
            {i > 0 && ' + '}
            <Summand term={term} />
          </Fragment>
        ))}
      </dd>
    </div>
  )
}

function Summand({ term: [word, value] }: { term: Term }) {
  return (
    <span className="whitespace-nowrap">
      <span className={value === 0 ? '' : 'text-ink'}>{formatCount(value)}</span> {word}
    </span>
  )
}
