'use client'
/** The parts that every control is made of: switch, error with its hint, undo, asked beside applied. */
import { LoaderCircle, Redo2, Undo2 } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { undo, useCommands, type WayBack } from '../../store/commands.ts'
import { Words } from '../parts/Words.tsx'

export function Switch(props: {
  on: boolean
  label: string
  disabled?: boolean
  testId: string
  onChange: (on: boolean) => void
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={props.on}
      aria-label={props.label}
      disabled={props.disabled}
      data-testid={props.testId}
      onClick={() => props.onChange(!props.on)}
      className={`relative h-4.5 w-8 shrink-0 rounded-full border align-middle disabled:opacity-40 ${
        props.on ? 'border-accent bg-accent' : 'border-line-strong bg-sunken'
      }`}
    >
      <span
        className={`absolute top-0.5 size-3 rounded-full transition-[left] duration-100 ${props.on ? 'left-4 bg-panel' : 'left-0.5 bg-faint'}`}
      />
    </button>
  )
}

/** Why the last command of this control was refused, and what to do. */
export function CommandError({ name }: { name: string }) {
  const error = useCommands((state) => state.error)
  if (error?.key !== name) return null
  return (
    <p role="alert" data-testid="command-error" className="mt-1 text-dropped-ink">
      <strong className="font-semibold">
        <Words text={error.message} />
      </strong>{' '}
      <Words text={error.hint} />
    </p>
  )
}

/** @param forward leads from what `undo` restores back to what is applied now */
export function Undo({ name, forward, testId }: { name: string; forward: WayBack; testId?: string }) {
  const back = useCommands((state) => state.back[name])
  const pending = useCommands((state) => state.pending.has(name))
  if (back === undefined || back.to === forward.to) return null
  const Sign = back.redo ? Redo2 : Undo2
  return (
    <button
      type="button"
      disabled={pending}
      data-testid={testId ?? `undo-${name}`}
      className="inline-flex items-center gap-1 whitespace-nowrap text-data text-accent hover:underline disabled:text-faint"
      onClick={() => void undo(name, forward)}
    >
      <Sign className="size-3.5" aria-hidden="true" />
      {back.redo ? 'redo: to' : 'undo: back to'} {/^by /.test(back.to) ? `“${back.to}”` : back.to}
    </button>
  )
}

/** What is in force, read back from the kernel; and what was asked, where that differs. */
export function Applied(props: { name: string; testId: string; applied: string; asked: string; children?: ReactNode }) {
  const pending = useCommands((state) => state.pending.has(props.name))
  const differs = props.asked !== props.applied
  return (
    <span className="inline-flex items-baseline gap-2 whitespace-nowrap">
      <span title="In force, read back from the kernel">
        <span className="text-label text-faint">applied </span>
        <span className="font-medium" data-testid={props.testId}>
          {props.applied}
        </span>
      </span>
      {(pending || differs) && (
        <span
          className={`inline-flex items-center gap-1 text-data ${differs && !pending ? 'text-dropped-ink' : 'text-mute'}`}
          role="status"
        >
          {pending && <LoaderCircle className="size-3 animate-spin" aria-hidden="true" />}
          {differs ? `asked ${props.asked}` : 'on its way'}
        </span>
      )}
    </span>
  )
}

/** One control of a thing that has several, behind its name. */
export function Part({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[5.5rem_minmax(0,1fr)] items-start gap-x-3">
      <h4 className="pt-1 text-data text-faint">{name}</h4>
      {children}
    </div>
  )
}

/** What the value that is not chosen would do. */
export function Otherwise({ name, effect }: { name: string; effect: string }) {
  return (
    <span>
      If “{name}”: {effect}
    </span>
  )
}

/**
 * What is typed and not applied yet; null while nothing is. A link may propose a value: `?<name>=<text>`.
 * @returns the draft, its setter, and whether it stands as the link proposed it
 */
export function useDraft(name: string): [string | null, (draft: string | null) => void, boolean] {
  const [draft, setDraft] = useState<string | null>(null)
  const [proposed, setProposed] = useState<string | null>(null)
  useEffect(() => {
    const value = new URLSearchParams(window.location.search).get(name)
    setProposed(value)
    if (value !== null) setDraft(value)
  }, [name])
  return [draft, setDraft, draft !== null && draft === proposed]
}

export const FIELD =
  'h-6.5 rounded border border-line-strong bg-bg px-2 text-right font-mono text-data disabled:border-line disabled:text-faint'
