'use client'
/** A choice that is a command: chosen as asked, beside it what is applied, the way back, and what it does in words. */
import type { Command } from '@ringside/protocol'
import type { ReactNode } from 'react'
import { run } from '../../store/commands.ts'
import { Choice, type Option } from './Choice.tsx'
import { Applied, CommandError, Undo } from './parts.tsx'

export function ChoiceControl<T extends string>(props: {
  /** Of the control, in test ids and of the way back. */
  name: string
  label: string
  options: readonly Option<T>[]
  asked: T
  applied: T
  words: Readonly<Record<T, string>>
  command: (value: T) => Command
  disabled?: boolean
  children?: ReactNode
}) {
  const { name, asked, applied, words, command } = props
  const back = { command: command(applied), to: words[applied] }
  return (
    <div className="min-w-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Choice
          label={props.label}
          testId={name}
          options={props.options}
          chosen={asked}
          disabled={props.disabled === true}
          onChoose={(value) => void run(name, command(value), back)}
        />
        <Applied name={name} testId={appliedId(name)} applied={words[applied]} asked={words[asked]} />
        <Undo name={name} forward={back} />
      </div>
      {props.children !== undefined && <p className="mt-0.5 text-data text-mute">{props.children}</p>}
      <CommandError name={name} />
    </div>
  )
}

/** 'shard-debug' → 'shard-applied-debug', as the other controls have it. */
function appliedId(name: string): string {
  const [kind = '', ...subject] = name.split('-')
  return [kind, 'applied', ...subject].join('-')
}
