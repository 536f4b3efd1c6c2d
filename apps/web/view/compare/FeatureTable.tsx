/** The table of features, each with what was measured beside it: of every workload, where there are several. */
import { TRANSPORTS, type Transport } from '@ringside/protocol'
import { Panel } from '../parts/panel.tsx'
import { FEATURES, type Feature, type Run } from './features.ts'

const NAMES: Readonly<Record<Transport, string>> = { ring: 'ring buffer', perf: 'perf buffer' }

export function FeatureTable({ runs }: { runs: readonly Run[] }) {
  return (
    <Panel title="Feature by feature" note="what is said in general, and below it what was measured here">
      <div className="px-3.5 pt-1 pb-3">
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
  return runs.map((run) => (
    <span key={run.workload} className="block text-data text-mute">
      {runs.length > 1 && <span className="text-faint">{run.workload}: </span>}
      <span className="font-medium text-ink">{measured(run[transport])}</span>
    </span>
  ))
}
