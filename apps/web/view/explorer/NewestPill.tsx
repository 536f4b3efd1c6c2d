'use client'
/** The way back to the newest row, and how many came meanwhile. */
import { formatCount } from '@ringside/protocol'
import { ArrowDownToLine } from 'lucide-react'
import { explorer } from '../../store/explorer.ts'
import { useExplorer } from './use-explorer.ts'

export function NewestPill() {
  const { pausedBy, fresh } = useExplorer()
  if (pausedBy !== 'operator' || fresh === 0) return null
  return (
    <button
      type="button"
      data-testid="jump-newest"
      onClick={() => explorer.resume()}
      className="absolute bottom-4 left-1/2 flex -translate-x-1/2 items-center gap-2 rounded-full bg-accent px-3.5 py-1 font-medium text-panel shadow-float"
    >
      <ArrowDownToLine className="size-3.5" aria-hidden="true" />
      jump to newest ({formatCount(fresh)} new)
    </button>
  )
}
