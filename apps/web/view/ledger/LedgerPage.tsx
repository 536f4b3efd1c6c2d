'use client'
/** The proof: the verdict, the six laws with their numbers, and every event's fate by slot and type. */
import { useMemo, useState } from 'react'
import { useAgent } from '../../store/agent.ts'
import { judge, type VerdictSpan } from '../../store/verdict.ts'
import { Waiting } from '../parts/Waiting.tsx'
import { useStale } from '../shell/Stale.tsx'
import { AccountPanel } from './AccountPanel.tsx'
import { DropsPanel } from './DropsPanel.tsx'
import { EncodingPanel } from './EncodingPanel.tsx'
import { FatesTable } from './FatesTable.tsx'
import { LawsPanel } from './LawsPanel.tsx'
import { MalformedPanel } from './MalformedPanel.tsx'
import { StreamsPanel } from './StreamsPanel.tsx'
import { VerdictPanel } from './VerdictPanel.tsx'

export function LedgerPage() {
  const [span, setSpan] = useState<VerdictSpan>(300_000)
  const health = useAgent((state) => state.health)
  const healths = useAgent((state) => state.healths)
  const control = useAgent((state) => state.control)
  const stale = useStale()
  const verdict = useMemo(() => judge(healths, span, control), [healths, span, control])
  if (health === null) return <Waiting />
  return (
    <div className="mx-auto grid max-w-[150rem] gap-3 p-3">
      <h1 className="sr-only">Ledger</h1>
      <VerdictPanel verdict={verdict} isOld={stale !== null} span={span} onSpan={setSpan} />
      <LawsPanel health={health} />
      <FatesTable health={health} />
      <div className="grid grid-cols-[1.3fr_1fr] gap-3 max-[1100px]:grid-cols-1">
        <div className="grid min-w-0 content-start gap-3">
          <StreamsPanel health={health} />
          <DropsPanel health={health} />
        </div>
        <div className="grid min-w-0 content-start gap-3">
          <AccountPanel health={health} />
          <EncodingPanel />
          <MalformedPanel />
        </div>
      </div>
    </div>
  )
}
