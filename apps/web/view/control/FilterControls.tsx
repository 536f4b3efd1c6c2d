'use client'
/** The filter in the kernel: rules as chips, changed as one; what they let through in words, and what they left out. */
import {
  type Control,
  describeFilter,
  describeRule,
  type FilterRule,
  formatCount,
  formatShare,
} from '@ringside/protocol'
import { X } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useAgent } from '../../store/agent.ts'
import { run, useCommands } from '../../store/commands.ts'
import { explorer } from '../../store/explorer.ts'
import { totalsOf } from '../../store/totals.ts'
import { rate } from '../format.ts'
import { FateMark } from '../parts/fates.tsx'
import { Button, Panel } from '../parts/panel.tsx'
import { FilterInput } from './FilterInput.tsx'
import { shareLeftOut } from './filter-effect.ts'
import { Applied, CommandError, Undo } from './parts.tsx'

const NAME = 'filters'
export const RULES_MAX = 8

export function FilterControls({ control }: { control: Control }) {
  const pending = useCommands((state) => state.pending.has(NAME))
  const [draft, setDraft] = useState<readonly FilterRule[] | null>(null)
  const { asked, applied } = control
  const rules = draft ?? asked.filters
  const differs = !sameRules(rules, asked.filters)
  const back = { command: { op: 'filters' as const, rules: applied.filters }, to: describeFilter(applied.filters) }
  const apply = async () => {
    if (await run(NAME, { op: 'filters', rules: [...rules] }, back)) setDraft(null)
  }
  const add = (rule: FilterRule) => {
    if (!rules.some((other) => describeRule(other) === describeRule(rule))) setDraft([...rules, rule])
  }
  return (
    <Panel
      id="filter"
      title="Filter in the kernel"
      note="what it leaves out is counted, and never written"
      actions={<Filtered />}
    >
      <div className="grid gap-2.5 px-3.5 pt-1 pb-3">
        <ul className="flex min-h-6.5 flex-wrap items-center gap-1.5 border-t border-line pt-2.5" aria-label="Rules">
          {rules.length === 0 && <li className="text-faint">No rule: everything passes.</li>}
          {rules.map((rule) => (
            <RuleChip
              key={describeRule(rule)}
              rule={rule}
              isNew={!asked.filters.some((other) => describeRule(other) === describeRule(rule))}
              onRemove={() => setDraft(rules.filter((other) => other !== rule))}
            />
          ))}
        </ul>
        <FilterInput name={NAME} isFull={rules.length >= RULES_MAX} onAdd={add} />
        <div>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <Button strong testId="filter-apply" onClick={() => void apply()} disabled={pending || !differs}>
              Apply
            </Button>
            {differs && (
              <Button testId="filter-discard" onClick={() => setDraft(null)}>
                Discard
              </Button>
            )}
            <Applied
              name={NAME}
              testId="filter-applied"
              applied={describeFilter(applied.filters)}
              asked={describeFilter(asked.filters)}
            />
            <Undo name={NAME} forward={back} />
          </div>
          <Effect rules={rules} differs={differs} />
          <CommandError name={NAME} />
        </div>
      </div>
    </Panel>
  )
}

function RuleChip({ rule, isNew, onRemove }: { rule: FilterRule; isNew: boolean; onRemove: () => void }) {
  const text = describeRule(rule)
  return (
    <li
      data-testid="filter-rule"
      className={`flex h-6.5 max-w-full items-center gap-1 rounded border bg-panel pl-2 font-mono text-data ${isNew ? 'border-dashed border-accent' : 'border-line-strong'}`}
      title={isNew ? 'Not applied yet' : 'Asked for'}
    >
      <span className="truncate">{text}</span>
      <button
        type="button"
        onClick={onRemove}
        aria-label={`Take out ${text}`}
        className="grid size-6 shrink-0 place-items-center rounded text-mute hover:bg-sunken"
      >
        <X className="size-3" aria-hidden="true" />
      </button>
    </li>
  )
}

/** Batches of the rows held that are looked at: the newest. */
const LOOKED_AT = 50

function Effect({ rules, differs }: { rules: readonly FilterRule[]; differs: boolean }) {
  const now = useAgent((state) => state.health?.number ?? 0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: renewed once a second, by the number of the health message
  const share = useMemo(() => (differs ? shareLeftOut(rules, explorer.newest(LOOKED_AT)) : null), [rules, differs, now])
  return (
    <p className="mt-1 text-data text-mute" data-testid="filter-effect">
      {differs ? 'When applied, lets through ' : 'Lets through '}
      <span className="font-mono text-ink">{describeFilter(rules)}</span>
      {rules.some((rule) => rule.field !== 'type') && rules.some((rule) => !rule.not && rule.field !== 'type')
        ? ', and nothing that has no process (packets, what interrupts do).'
        : '.'}
      {share !== null &&
        (share.leftOut === null
          ? ' What it would leave out is not known here: rows do not tell their control group.'
          : ` Of the last ${formatCount(share.rows)} rows of this page it would have left out ≈ ${formatShare(share.leftOut)}.`)}
    </p>
  )
}

function Filtered() {
  const fates = useAgent((state) => state.health?.fates)
  const point = useAgent((state) => state.points.at(-1))
  const filtered = point?.rates.filtered ?? null
  if (fates === undefined) return null
  return (
    <span className="flex items-center gap-1.5 text-data text-mute">
      <FateMark fate="filtered" />
      <span className="text-ink" data-testid="filtered-count">
        {formatCount(totalsOf(fates).filtered)}
      </span>
      filtered since the start ·
      <span>
        <span className="text-ink" data-testid="filtered-rate">
          {filtered === null ? '–' : rate(filtered)}
        </span>
        /s now
      </span>
    </span>
  )
}

function sameRules(a: readonly FilterRule[], b: readonly FilterRule[]): boolean {
  return (
    a.length === b.length &&
    a.every((rule, i) => describeRule(rule) === describeRule(b[i] ?? rule) && b[i] !== undefined)
  )
}
