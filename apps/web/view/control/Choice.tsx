'use client'
/** One of a few values, changed by a click: for what has no range and takes effect at once. */
import type { ReactNode } from 'react'

export interface Option<T extends string> {
  readonly value: T
  readonly name: ReactNode
  /** What it means, for hovering. */
  readonly meaning: string
}

export function Choice<T extends string>(props: {
  label: string
  testId: string
  options: readonly Option<T>[]
  chosen: T
  disabled?: boolean
  onChoose: (value: T) => void
}) {
  return (
    <fieldset
      className="inline-flex rounded border border-line-strong"
      aria-label={props.label}
      data-testid={props.testId}
    >
      {props.options.map(({ value, name, meaning }) => {
        const isChosen = value === props.chosen
        return (
          <button
            key={value}
            type="button"
            aria-pressed={isChosen}
            disabled={props.disabled}
            title={meaning}
            data-testid={`${props.testId}-${value}`}
            onClick={() => {
              // Asking for what is in force would lose the way back to what was before.
              if (!isChosen) props.onChoose(value)
            }}
            className={`h-6 border-l border-line-strong px-2 text-data whitespace-nowrap first:border-l-0 first:rounded-l last:rounded-r disabled:text-faint ${
              isChosen ? 'bg-select font-medium text-ink' : 'bg-panel text-mute hover:bg-sunken hover:text-ink'
            }`}
          >
            {name}
          </button>
        )
      })}
    </fieldset>
  )
}
