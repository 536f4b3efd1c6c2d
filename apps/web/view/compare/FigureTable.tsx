/** The raw figures of every workload over both transports; what is better stands bold where that can be said. */
import { TRANSPORTS } from '@ringside/protocol'
import { Fragment } from 'react'
import { Panel } from '../parts/panel.tsx'
import { betterOf, FIGURES, type Figure, letterOf, type Run, ratioText } from './features.ts'

const EDGE = 'border-l border-line pl-3'

export function FigureTable({ runs }: { runs: readonly Run[] }) {
  return (
    <Panel title="Figures" note="of each workload; bold is better, where the two can be compared">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <section className="overflow-x-auto px-3.5 pt-1 pb-3" tabIndex={0} aria-label="Table of figures">
        <table className="w-full" data-testid="compare-figures">
          <thead className="text-label text-faint">
            <tr>
              <td />
              {runs.map((run, i) => (
                <th
                  key={run.workload}
                  scope="colgroup"
                  colSpan={3}
                  className={`${EDGE} py-0.5 text-left font-normal text-mute`}
                >
                  <span className="font-medium text-ink">{letterOf(i)}</span> {run.workload}
                </th>
              ))}
            </tr>
            <tr>
              <th className="text-left font-normal">measured</th>
              {runs.map((run) => (
                <Fragment key={run.workload}>
                  <th className={`${EDGE} text-right font-normal`}>ring</th>
                  <th className="pl-3 text-right font-normal">perf</th>
                  <th className="px-3 text-right font-normal">ring is</th>
                </Fragment>
              ))}
            </tr>
          </thead>
          <tbody>
            {FIGURES.map((figure) => (
              <tr key={figure.name} className="border-t border-line">
                <th scope="row" className="py-0.5 text-left font-normal whitespace-nowrap text-mute">
                  {figure.name}
                </th>
                {runs.map((run) => (
                  <Values key={run.workload} figure={figure} run={run} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  )
}

function Values({ figure, run }: { figure: Figure; run: Run }) {
  const better = betterOf(figure, run)
  return (
    <>
      {TRANSPORTS.map((transport) => {
        const value = figure.of(run[transport])
        return (
          <td
            key={transport}
            className={`text-right whitespace-nowrap ${transport === 'ring' ? EDGE : 'pl-3'} ${better === transport ? 'font-semibold' : ''}`}
          >
            {value === null ? <span className="text-faint">not told</span> : `${figure.text(value)}${figure.unit}`}
          </td>
        )
      })}
      <td className="px-3 text-right text-data whitespace-nowrap text-faint">
        {ratioText(figure.of(run.ring), figure.of(run.perf))}
      </td>
    </>
  )
}
