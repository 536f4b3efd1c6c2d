/** The frames that things stand in: a panel with a title line, a label, a key. */
import type { ReactNode } from 'react'

export function Panel(props: {
  title: ReactNode
  note?: ReactNode
  actions?: ReactNode
  children: ReactNode
  className?: string
  testId?: string
  label?: string
  /** Where a link on the page leads to. */
  id?: string
}) {
  return (
    <section
      id={props.id}
      className={`min-w-0 scroll-mt-3 rounded-panel max-[1100px]:scroll-mt-11 border border-line bg-panel ${props.className ?? ''}`}
      data-testid={props.testId}
      aria-label={props.label}
    >
      <header className="flex min-h-9 flex-wrap items-baseline gap-x-2 px-3.5 pt-2.5">
        <h2 className="font-semibold">{props.title}</h2>
        {props.note !== undefined && <span className="text-data text-faint">{props.note}</span>}
        {props.actions !== undefined && <span className="ml-auto flex items-center gap-2">{props.actions}</span>}
      </header>
      {props.children}
    </section>
  )
}

export function Key({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded border border-b-2 border-line-strong px-1 font-mono text-label text-mute">{children}</kbd>
  )
}

/** A button that says its weight by its looks: plain by default, strong for the one that acts. */
export function Button(props: {
  children: ReactNode
  onClick: () => void
  strong?: boolean
  disabled?: boolean
  testId?: string
  label?: string
  title?: string
  pressed?: boolean
}) {
  const look = props.strong
    ? 'border-accent bg-accent text-panel hover:brightness-110'
    : 'border-line-strong bg-panel text-ink hover:bg-sunken'
  return (
    <button
      type="button"
      className={`inline-flex h-6.5 items-center gap-1.5 whitespace-nowrap rounded border px-2 text-data font-medium disabled:cursor-default disabled:border-line disabled:bg-sunken disabled:text-faint disabled:hover:brightness-100 ${look}`}
      onClick={props.onClick}
      disabled={props.disabled}
      data-testid={props.testId}
      aria-label={props.label}
      aria-pressed={props.pressed}
      title={props.title}
    >
      {props.children}
    </button>
  )
}
