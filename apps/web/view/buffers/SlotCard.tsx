'use client'
/** One buffer: the ring, its minutes, what became of its events, and the two laws that tie the numbers together. */
import { formatBytes, formatCount, type Settings, type SlotHealth } from '@ringside/protocol'
import { memo } from 'react'
import { useAgent } from '../../store/agent.ts'
import type { Point } from '../../store/history.ts'
import { totalsOf } from '../../store/totals.ts'
import { SlotMark } from '../parts/SlotMark.tsx'
import { FateTable } from './FateTable.tsx'
import { FillStrip } from './FillStrip.tsx'
import { policyOf, readerWords } from './policy.ts'
import { RateChart } from './RateChart.tsx'
import { RingGauge } from './RingGauge.tsx'
import { SlotLaws } from './SlotLaws.tsx'
import { blockedText, faultText, fitText, partsText } from './transport.ts'

export const SlotCard = memo(function SlotCard(props: {
  slot: SlotHealth
  points: readonly Point[]
  applied: Settings | null
}) {
  const { slot, points, applied } = props
  const fates = useAgent((state) => state.health?.fates)
  const totals = totalsOf(fates ?? [], slot.slot)
  const rates = points.at(-1)?.slots[slot.slot]?.rates
  const settings = applied?.slots[slot.slot]
  const watermark = settings?.backpressure ? settings.watermark : null
  const processing = settings?.processing ?? 'stream'
  const transport = useAgent((state) => state.hello?.transport ?? null)
  return (
    <section
      className="@container flex min-w-0 flex-col rounded-panel border border-line bg-panel px-3.5 pt-2.5 pb-3"
      data-testid={`slot-card-${slot.slot}`}
      aria-label={`Buffer ${slot.slot}`}
    >
      <header className="flex min-w-0 items-baseline gap-2">
        <h2 className="flex items-baseline gap-1.5 font-semibold">
          <SlotMark slot={slot.slot} />
          {slot.slot}
        </h2>
        <span className="min-w-0 truncate text-data text-mute" title={policyOf(slot.slot, applied).meaning}>
          {policyOf(slot.slot, applied).text}
        </span>
        {slot.shedding && (
          <span className="shrink-0 rounded-sm bg-sunken px-1 text-label font-semibold text-shed-ink">shedding</span>
        )}
        <Reader slot={slot} />
      </header>
      <p className="truncate text-label text-faint" data-testid={`slot-parts-${slot.slot}`}>
        {[partsText(slot), transport, processing === 'batch' ? 'read in batches' : null, fitText(slot)]
          .filter((part) => part !== null)
          .join(' · ')}
      </p>
      <div className="flex-1 [--ring:clamp(8.25rem,15vh,13rem)] @min-[40rem]:grid @min-[40rem]:grid-cols-[1.2fr_1fr] @min-[40rem]:items-center @min-[40rem]:gap-6">
        <div className="mt-1.5 flex gap-4">
          <Gauge slot={slot} watermark={watermark} dropped={totals.dropped} />
          <div className="min-w-0 flex-1">
            <RateChart points={points} slot={slot.slot} />
            <FillStrip points={points} slot={slot.slot} watermark={watermark} />
            <p className="flex justify-between pr-[40px] text-label text-faint">
              <span>−5 min</span>
              <span>now</span>
            </p>
          </div>
        </div>
        <FateTable slot={slot} totals={totals} rates={rates ?? null} />
      </div>
      <SlotLaws slot={slot.slot} totals={totals} />
      <p className="sr-only">
        {`${formatBytes(slot.usedBytes)} in use; ${formatCount(totals.seen)} events seen since the agent started.`}
      </p>
    </section>
  )
})

function Reader({ slot }: { slot: SlotHealth }) {
  const { text, meaning } = readerWords(slot.reader)
  const blocked = blockedText(slot)
  const fault = faultText(slot)
  const alarm = slot.reader === 'fault' || blocked !== null || fault !== null
  return (
    <span
      className={`ml-auto shrink-0 text-label ${alarm ? 'font-semibold text-dropped-ink' : 'text-faint'}`}
      title={meaning}
      data-testid={`slot-reader-${slot.slot}`}
    >
      {fault ?? blocked ?? text}
    </span>
  )
}

/** On its own, since it alone changes ten times a second. */
function Gauge(props: { slot: SlotHealth; watermark: number | null; dropped: number }) {
  const { slot, watermark, dropped } = props
  const fill = useAgent((state) => state.fills[slot.slot]) ?? slot
  return (
    <RingGauge
      ring={{
        slot: slot.slot,
        capacityBytes: fill.capacityBytes,
        usedBytes: fill.usedBytes,
        highWaterBytes: Math.min(fill.capacityBytes, Math.max(slot.highWaterEverBytes, fill.highWaterBytes)),
        consumedBytes: slot.consumedBytes,
        watermark,
        dropped,
      }}
    />
  )
}
