'use client'
/** What an event costs on its way to this page: in the kernel's buffer, on the wire, and as JSON would have. */
import { formatBytes, formatCount, perEvent } from '@ringside/protocol'
import type { PageVolume } from '../../store/volume.ts'
import { useExplorer } from '../explorer/use-explorer.ts'
import { Panel } from '../parts/panel.tsx'

export function EncodingPanel() {
  const { volume } = useExplorer()
  const lines = linesOf(volume)
  const most = Math.max(1, ...lines.map((line) => line.bytes))
  return (
    <Panel
      title="Bytes per event"
      note={`measured over the ${formatCount(volume.events)} rows of ${formatCount(volume.frames)} frames that this page was sent`}
    >
      <div className="px-3.5 pt-1 pb-3" data-testid="encoding">
        {volume.events === 0 ? (
          <p className="py-1 text-faint">No row has come yet.</p>
        ) : (
          <table className="w-full table-fixed">
            <thead className="text-label text-faint">
              <tr>
                <th className="text-left font-normal">as</th>
                <th className="w-24 text-right font-normal">per event</th>
                <th className="w-[30%] pl-4 text-left font-normal">
                  <span className="sr-only">Bar</span>
                </th>
                <th className="w-24 text-right font-normal">in all</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr key={line.name} className="border-t border-line" title={line.meaning}>
                  <td className="py-0.5">{line.name}</td>
                  <td className="text-right font-medium" data-testid={`encoding-${line.id}`}>
                    {line.bytes.toFixed(1)} B
                  </td>
                  <td className="pl-4">
                    <svg viewBox="0 0 100 8" preserveAspectRatio="none" className="block h-2 w-full" aria-hidden="true">
                      <rect width={(line.bytes / most) * 100} height="8" fill="var(--submitted)" opacity="0.75" />
                    </svg>
                  </td>
                  <td className="text-right text-mute">{formatBytes(line.bytes * volume.events)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {volume.events > 0 && volume.rawBytes > 0 && (
          <p className="pt-1.5 text-data text-faint">
            Beside the columns this page asks for each record’s own bytes, for the details:{' '}
            {formatBytes(volume.rawBytes)} so far.
          </p>
        )}
      </div>
    </Panel>
  )
}

interface Line {
  readonly id: string
  readonly name: string
  /** Per event. */
  readonly bytes: number
  readonly meaning: string
}

function linesOf(volume: PageVolume): Line[] {
  const { json, record, wire } = perEvent(volume)
  return [
    {
      id: 'json',
      name: 'JSON',
      bytes: json ?? 0,
      meaning: 'Estimated by writing some rows of each frame as JSON, every value with its name',
    },
    {
      id: 'records',
      name: 'records in the kernel’s buffer',
      bytes: record ?? 0,
      meaning: 'Plain structs, the header in the buffer and its rounding up included',
    },
    {
      id: 'wire',
      name: 'columns on the wire',
      bytes: wire ?? 0,
      meaning:
        'Frames as they came: packed connections, times as differences, bit fields, dictionaries; prefix included',
    },
  ]
}
