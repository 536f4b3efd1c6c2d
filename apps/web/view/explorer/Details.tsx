'use client'
/** One event in full: its fields, its bytes, and what can be done with them. */
import { bytesOf, eventOf, formatBytes, formatCount, formatHex } from '@ringside/protocol'
import { Check, Copy, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { RowRef } from '../../store/row.ts'
import { Button } from '../parts/panel.tsx'
import { PANE } from './columns.ts'
import { FieldList } from './FieldList.tsx'
import { asJson, fieldsOf } from './fields.ts'
import { HexDump } from './HexDump.tsx'
import { select } from './selection.ts'

export function Details({ row: ref }: { row: RowRef }) {
  const { batch } = ref.held
  const event = eventOf(batch, ref.row)
  const bytes = bytesOf(batch, ref.row)
  return (
    <aside data-testid="detail-pane" aria-label="Details of the selected event" className={PANE}>
      <header className="flex items-start gap-2 border-b border-line px-3.5 py-2">
        <div className="min-w-0">
          <h2 className="font-semibold">{event?.title ?? `unknown type ${batch.type[ref.row]}`}</h2>
          <p className="text-label text-faint">
            version {batch.version[ref.row]} · cpu {batch.cpu[ref.row]} · level {batch.level[ref.row]} · number{' '}
            {formatCount(batch.seq[ref.row] ?? 0)}
            {bytes !== null && ` · ${formatBytes(bytes.length)}`}
          </p>
        </div>
        <button
          type="button"
          className="ml-auto grid size-6 shrink-0 place-items-center rounded text-mute hover:bg-sunken"
          aria-label="Close the details (Esc)"
          onClick={() => select(null)}
        >
          <X className="size-4" aria-hidden="true" />
        </button>
      </header>
      <section
        className="min-h-0 flex-1 overflow-auto px-3.5 py-2 max-[1100px]:grid max-[1100px]:grid-cols-2 max-[1100px]:gap-6"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
        tabIndex={0}
        aria-label="Fields and bytes"
      >
        <FieldList fields={fieldsOf(ref)} />
        <div>
          <h3 className="mt-3 mb-1 text-label text-faint max-[1100px]:mt-0">bytes of the record</h3>
          {bytes === null ? <p className="text-faint">This row came without its bytes.</p> : <HexDump bytes={bytes} />}
        </div>
      </section>
      <footer className="flex gap-2 border-t border-line px-3.5 py-2">
        <CopyButton name="JSON" text={() => asJson(ref)} />
        {bytes !== null && <CopyButton name="hex" text={() => formatHex(bytes)} />}
      </footer>
    </aside>
  )
}

const SAID_MS = 1_500

function CopyButton({ name, text }: { name: string; text: () => string }) {
  const [said, setSaid] = useState<'copied' | 'not allowed' | null>(null)
  useEffect(() => {
    if (said === null) return
    const timer = setTimeout(() => setSaid(null), SAID_MS)
    return () => clearTimeout(timer)
  }, [said])
  const copy = () =>
    navigator.clipboard
      .writeText(text())
      .then(() => setSaid('copied'))
      .catch(() => setSaid('not allowed'))
  return (
    <Button onClick={() => void copy()} testId={`copy-${name.toLowerCase()}`}>
      {said === 'copied' ? (
        <Check className="size-3.5" aria-hidden="true" />
      ) : (
        <Copy className="size-3.5" aria-hidden="true" />
      )}
      {said === null ? `Copy ${name}` : said === 'copied' ? `${name} copied` : 'Copying is not allowed here'}
    </Button>
  )
}
