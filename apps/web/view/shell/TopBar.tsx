'use client'
/** The first line of every page: where one is, whether it is true, whether it is now, and whether anything is missing. */
import type { Hello } from '@ringside/protocol'
import { CircleHelp } from 'lucide-react'
import Link from 'next/link'
import { useAgent } from '../../store/agent.ts'
import { useUi } from '../../store/ui.ts'
import { transportWords } from '../buffers/transport.ts'
import { ConnectionAge } from './ConnectionAge.tsx'
import { PausedBadge, SourceBadge } from './Source.tsx'
import { ThemeSwitch } from './ThemeSwitch.tsx'
import { VerdictPill } from './VerdictPill.tsx'

export function TopBar() {
  const hello = useAgent((state) => state.hello)
  return (
    <div className="flex h-10 shrink-0 items-center gap-3 border-b border-line bg-panel px-4">
      <Link href="/" className="flex items-center gap-1.5 font-semibold tracking-tight" aria-label="Ringside: overview">
        <Mark />
        Ringside
      </Link>
      {hello !== null && <Host hello={hello} />}
      <SourceBadge />
      <PausedBadge />
      <ConnectionAge />
      <VerdictPill />
      <span className="ml-auto flex shrink-0 items-center gap-1">
        <ThemeSwitch />
        <button
          type="button"
          className="grid size-7 place-items-center rounded text-mute hover:bg-sunken hover:text-ink"
          onClick={() => useUi.setState({ helpOpen: true })}
          aria-label="Keys and words (?)"
          title="Keys and words (?)"
        >
          <CircleHelp className="size-4" aria-hidden="true" />
        </button>
      </span>
    </div>
  )
}

function Host({ hello }: { hello: Hello }) {
  const { host } = hello
  const transport = transportWords(hello)
  return (
    <span className="flex min-w-0 shrink-0 gap-1 text-mute">
      <span
        className="max-w-56 truncate"
        title={`${host.name} · Linux ${host.kernel} · ${host.cpus} ${host.cpus === 1 ? 'CPU' : 'CPUs'}`}
      >
        <span className="text-ink">{host.name}</span>
        <span className="max-[1100px]:hidden"> · {kernelName(host.kernel)}</span>
      </span>
      <span
        data-testid="transport"
        title={transport.meaning}
        className={hello.transport === 'ring' ? 'max-[1250px]:hidden' : 'font-medium text-ink'}
      >
        · {transport.text}
      </span>
    </span>
  )
}

function kernelName(release: string): string {
  return release.startsWith('Linux') ? release : `Linux ${release}`
}

function Mark() {
  return (
    <svg viewBox="0 0 16 16" className="size-4" aria-hidden="true">
      <circle cx="8" cy="8" r="5.5" fill="none" stroke="var(--line-strong)" strokeWidth="3" />
      <path d="M8 2.5A5.5 5.5 0 1 1 2.8 9.7" fill="none" stroke="var(--submitted)" strokeWidth="3" />
    </svg>
  )
}
