'use client'
/** The six laws, each with the numbers of everything it was evaluated for. L5 is this page's own. */
import { formatCount, type Health, LAW_IDS, type Law } from '@ringside/protocol'
import { useExplorer } from '../explorer/use-explorer.ts'
import { LawMark } from '../parts/LawMark.tsx'
import { Panel } from '../parts/panel.tsx'

type LawId = Law['id']

const STATEMENTS: Readonly<Record<LawId, string>> = {
  L1: 'seen = filtered + sampled + shed + aggregated + dropped + submitted',
  L2: 'submitted = consumed + in the buffer',
  L3: 'consumed = decoded + malformed',
  L4: 'decoded = published + withheld; for each page: matched = sent + thinned + skipped + queued',
  L5: 'received = kept + evicted, in this browser',
  L6: 'per stream: gaps + tail = dropped',
}

export function LawsPanel({ health }: { health: Health }) {
  const { log } = useExplorer()
  const own: Law = {
    id: 'L5',
    scope: 'this page',
    left: log.received,
    right: log.kept + log.evicted,
    difference: log.received - log.kept - log.evicted,
    inFlight: 0,
    verdict: log.received === log.kept + log.evicted ? 'exact' : 'violated',
    text: `${formatCount(log.received)} received = ${formatCount(log.kept)} kept + ${formatCount(log.evicted)} evicted`,
  }
  return (
    <Panel title="Laws" note="≈ holds up to records on their way; ✓ exactly">
      <div className="grid grid-cols-2 gap-x-8 gap-y-3 px-3.5 pt-1.5 pb-3.5 max-[1100px]:grid-cols-1">
        {LAW_IDS.map((id) => (
          <LawGroup key={id} id={id} laws={id === 'L5' ? [own] : health.laws.filter((law) => law.id === id)} />
        ))}
      </div>
    </Panel>
  )
}

function LawGroup({ id, laws }: { id: LawId; laws: readonly Law[] }) {
  return (
    <section data-testid={`law-${id}`} aria-label={id}>
      <h3 className="flex items-baseline gap-2 border-b border-line pb-1">
        <LawMark verdict={worst(laws)} />
        <span className="font-semibold">{id}</span>
        <span className="min-w-0 text-data text-mute">{STATEMENTS[id]}</span>
      </h3>
      {laws.length === 0 ? (
        <p className="pt-1 text-data text-faint">Not evaluated yet.</p>
      ) : (
        <ul>
          {laws.map((law) => (
            <li
              key={law.scope}
              className="grid grid-cols-[1rem_6.5rem_minmax(0,1fr)_auto] items-baseline gap-2 pt-1 text-data"
            >
              <LawMark verdict={law.verdict} />
              <span className="truncate text-mute" title={law.scope}>
                {law.scope}
              </span>
              <span className="font-mono leading-4.5">{numbersOf(law)}</span>
              <span
                className="text-right text-faint"
                title={`At most ${formatCount(law.inFlight)} may be on their way now`}
              >
                {law.difference === 0 ? 'difference 0' : `difference ${formatCount(law.difference)}`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** The text without the scope, which stands beside it. */
function numbersOf(law: Law): string {
  const prefix = `${law.scope}: `
  return law.text.startsWith(prefix) ? law.text.slice(prefix.length) : law.text
}

function worst(laws: readonly Law[]): Law['verdict'] | null {
  if (laws.length === 0) return null
  if (laws.some((law) => law.verdict === 'violated')) return 'violated'
  return laws.some((law) => law.verdict === 'in flight') ? 'in flight' : 'exact'
}
