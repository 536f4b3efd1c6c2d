'use client'
/** Both transports side by side: what is said of them, and what the same workload measured on this host. */
import { useAgent } from '../../store/agent.ts'
import { Waiting } from '../parts/Waiting.tsx'
import { FeatureTable } from './FeatureTable.tsx'
import { FigureTable } from './FigureTable.tsx'
import { RunPanel } from './RunPanel.tsx'

export function ComparePage() {
  const control = useAgent((state) => state.control)
  const comparison = useAgent((state) => state.comparison)
  if (control === null) return <Waiting />
  const runs = comparison?.runs ?? []
  return (
    <div className="mx-auto grid max-w-[96rem] gap-3 p-3">
      <h1 className="sr-only">Compare</h1>
      <RunPanel comparison={comparison} />
      <FeatureTable runs={runs} />
      {runs.length > 0 && <FigureTable runs={runs} />}
    </div>
  )
}
