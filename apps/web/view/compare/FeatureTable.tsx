/** The table of features, each with what was measured beside it: of every workload, where there are several. */
import { TRANSPORTS, type Transport } from '@ringside/protocol'
import { Panel } from '../parts/panel.tsx'
import { FEATURES, type Feature, letterOf, type Run } from './features.ts'

const NAMES: Readonly<Record<Transport, string>> = { ring: 'ring buffer', perf: 'perf buffer' }

export function FeatureTable({ runs }: { runs: readonly Run[] }) {
  return (
    <Panel title="Feature by feature" note="what is said in general, and below it what was measured here">
      <div className="px-3.5 pt-1 pb-3">
        {runs.length > 0 && (
          <ul className="flex flex-wrap gap-x-6 pb-1.5 text-data text-mute" aria-label="Workloads">
            {runs.map((run, i) => (
              <li key={run.workload}>
                <span className="font-medium text-ink">{letterOf(i)}</span> {run.workload}
              </li>
            ))}
          </ul>
        )}
        <table className="w-full table-fixed" data-testid="compare-features">
          <thead className="text-label text-faint">
            <tr>
              <th className="w-64 text-left font-normal">feature</th>
              {TRANSPORTS.map((transport) => (
                <th key={transport} className="pl-4 text-left font-normal">
                  {NAMES[transport]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {FEATURES.map((feature) => (
              <tr key={feature.name} className="border-t border-line align-top">
                <th scope="row" className="py-1.5 pr-2 text-left font-medium">
                  {feature.name}
                  {feature.measured === null && (
                    <span className="block text-data font-normal text-faint">{feature.instead}</span>
                  )}
                </th>
                {TRANSPORTS.map((transport) => (
                  <td key={transport} className="py-1.5 pl-4">
                    {feature.said[transport]}
                    <Measurement feature={feature} runs={runs} transport={transport} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

function Measurement({ feature, runs, transport }: { feature: Feature; runs: readonly Run[]; transport: Transport }) {
  const { measured } = feature
  if (measured === null) return null
  if (runs.length === 0) return <span className="block text-data text-faint">not measured yet</span>
  return runs.map((run, i) => (
    <span key={run.workload} className="flex gap-2 text-data" title={run.workload}>
      <span className="w-3 shrink-0 text-faint">{letterOf(i)}</span>
      <span className="min-w-0 font-medium">{measured(run[transport])}</span>
    </span>
  ))
}
