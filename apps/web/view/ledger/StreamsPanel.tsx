'use client'
/** The independent proof of loss: holes in the streams' numbers and what was given out after the last arrival. */
import { formatCount, type Health } from '@ringside/protocol'
import { shownSlots } from '../../store/slots.ts'
import { totalsOf } from '../../store/totals.ts'
import { faultText } from '../buffers/transport.ts'
import { stamp } from '../format.ts'
import { LawMark } from '../parts/LawMark.tsx'
import { Panel } from '../parts/panel.tsx'

export function StreamsPanel({ health }: { health: Health }) {
  const tells = health.slots.some((slot) => slot.toldLost !== null)
  return (
    <Panel title="Streams" note="numbers counted per slot, CPU and nesting level; a hole is a drop that has a place">
      <div className="px-3.5 pt-1 pb-3">
        <table className="w-full">
          <thead className="text-label text-faint">
            <tr>
              <th className="text-left font-normal">slot</th>
              <th className="text-right font-normal">gaps</th>
              <th className="text-right font-normal">tail</th>
              <th className="text-right font-normal">dropped</th>
              {tells && (
                <th
                  className="text-right font-normal"
                  title="Lost samples as the perf buffers told them: a loss that no later record follows is never told"
                >
                  told
                </th>
              )}
              <th className="w-10 text-center font-normal">L6</th>
              <th className="text-right font-normal">first drop</th>
              <th className="text-right font-normal">last drop</th>
            </tr>
          </thead>
          <tbody>
            {shownSlots(health).map((slot) => {
              const { dropped } = totalsOf(health.fates, slot.slot)
              const law = health.laws.find((candidate) => candidate.id === 'L6' && candidate.scope === slot.slot)
              return (
                <tr key={slot.slot} className="border-t border-line">
                  <td className="py-0.5">
                    {slot.slot}
                    {slot.faultyParts > 0 && (
                      <span
                        className="pl-2 font-semibold text-malformed-ink"
                        data-testid={`ledger-faulty-${slot.slot}`}
                      >
                        {faultText(slot)}
                      </span>
                    )}
                  </td>
                  <td className="text-right">{formatCount(slot.gaps)}</td>
                  <td className="text-right">{formatCount(slot.tail)}</td>
                  <td className={`text-right ${dropped > 0 ? 'font-semibold text-dropped-ink' : ''}`}>
                    {formatCount(dropped)}
                  </td>
                  {tells && <td className="text-right">{slot.toldLost === null ? '–' : formatCount(slot.toldLost)}</td>}
                  <td className="text-center">
                    <LawMark verdict={law?.verdict ?? null} />
                  </td>
                  <td className="text-right text-mute">
                    {slot.firstDropMs === null ? 'none' : stamp(slot.firstDropMs)}
                  </td>
                  <td className="text-right text-mute">{slot.lastDropMs === null ? 'none' : stamp(slot.lastDropMs)}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}
