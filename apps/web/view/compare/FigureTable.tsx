/** One workload's figures over both transports. */
import { Panel } from '../parts/panel.tsx'
import { FIGURES, type Figure, type Run, ratioText } from './features.ts'

export function FigureTable({ run }: { run: Run }) {
  return (
    <Panel title="Figures" note={run.workload}>
      <div className="px-3.5 pt-1 pb-3">
        <table className="w-full max-w-4xl" data-testid="compare-figures">
          <thead className="text-label text-faint">
            <tr>
              <th className="text-left font-normal">measured</th>
              <th className="w-44 text-right font-normal">ring buffer</th>
              <th className="w-44 text-right font-normal">perf buffer</th>
              <th className="w-40 text-right font-normal">ring is</th>
            </tr>
          </thead>
          <tbody>
            {FIGURES.map((figure) => (
              <Line key={figure.name} figure={figure} run={run} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

function Line({ figure, run }: { figure: Figure; run: Run }) {
  const [ring, perf] = [figure.of(run.ring), figure.of(run.perf)]
  const better =
    figure.less === null || ring === null || perf === null || ring === perf ? null : ring < perf === figure.less
  return (
    <tr className="border-t border-line">
      <th scope="row" className="py-0.5 text-left font-normal text-mute">
        {figure.name}
      </th>
      <Value text={ring === null ? null : `${figure.text(ring)}${figure.unit}`} isBetter={better === true} />
      <Value text={perf === null ? null : `${figure.text(perf)}${figure.unit}`} isBetter={better === false} />
      <td className="text-right text-data text-faint">{ratioText(ring, perf)}</td>
    </tr>
  )
}

function Value({ text, isBetter }: { text: string | null; isBetter: boolean }) {
  return (
    <td className={`text-right ${isBetter ? 'font-semibold' : ''}`}>
      {text ?? <span className="text-faint">not told</span>}
    </td>
  )
}
