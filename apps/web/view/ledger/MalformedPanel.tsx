'use client'
/** Records that could not be decoded: counted, and the newest kept as the bytes that they came as. */
import { formatCount, type Malformed } from '@ringside/protocol'
import { useAgent } from '../../store/agent.ts'
import { HexDump } from '../explorer/HexDump.tsx'
import { clockMs } from '../format.ts'
import { Panel } from '../parts/panel.tsx'
import { MALFORMED_REASONS } from './reasons.ts'

export function MalformedPanel() {
  const malformed = useAgent((state) => state.malformed)
  const total = malformed?.total ?? 0
  return (
    <Panel title="Malformed" note={`${formatCount(total)} since the start; the newest 32 are kept as they came`}>
      <div className="px-3.5 pt-1 pb-3" data-testid="malformed">
        {malformed === null || malformed.samples.length === 0 ? (
          <p className="py-1 text-faint">Every record that arrived could be decoded.</p>
        ) : (
          <ul>
            {[...malformed.samples].reverse().map((sample, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two records may be alike in everything
              <Sample key={`${sample.timeMs} ${i}`} sample={sample} />
            ))}
          </ul>
        )}
      </div>
    </Panel>
  )
}

function Sample({ sample }: { sample: Malformed['samples'][number] }) {
  const bytes = bytesOfHex(sample.hex)
  const said = [
    sample.typeNumber === null ? null : `type ${sample.typeNumber}`,
    sample.version === null ? null : `version ${sample.version}`,
    sample.cpu === null ? null : `cpu ${sample.cpu}`,
  ].filter((part) => part !== null)
  return (
    <li className="border-t border-line py-0.5" data-testid="malformed-sample">
      <details>
        <summary className="flex flex-wrap items-baseline gap-x-3">
          <span className="font-mono text-data text-faint">{clockMs(sample.timeMs)}</span>
          <span>{sample.slot}</span>
          <span className="font-medium">{MALFORMED_REASONS[sample.reason]}</span>
          <span className="text-mute">{said.length === 0 ? 'without a header' : said.join(', ')}</span>
          <span className="ml-auto text-mute">{formatCount(sample.size)} B</span>
        </summary>
        <div className="my-1.5 max-h-80 overflow-auto rounded bg-sunken px-2 py-1">
          <HexDump bytes={bytes} />
          {bytes.length < sample.size && (
            <p className="text-label text-mute">the first {formatCount(bytes.length)} bytes</p>
          )}
        </div>
      </details>
    </li>
  )
}

/** Pairs of hex digits, with or without spaces between them. */
function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/[0-9a-f]{2}/gi) ?? [], (pair) => Number.parseInt(pair, 16))
}
