/** Keys of a page: none of them while something is being typed, so that letters stay letters. */
import { useEffect, useRef } from 'react'
import { createKeybindingsHandler, type KeyBindingMap } from 'tinykeys'

export function useKeys(bindings: KeyBindingMap): void {
  const latest = useRef(bindings)
  latest.current = bindings
  useEffect(() => {
    const names = Object.keys(latest.current)
    const handler = createKeybindingsHandler(
      Object.fromEntries(names.map((name) => [name, (event: KeyboardEvent) => run(latest.current[name], event)])),
    )
    window.addEventListener('keydown', handler)
    return () => window.removeEventListener('keydown', handler)
  }, [])
}

function run(action: ((event: KeyboardEvent) => void) | undefined, event: KeyboardEvent): void {
  const target = event.target
  const typing =
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  if (typing && event.key !== 'Escape') return
  // A button that has the focus takes Space and Enter for itself, a link Enter.
  const focused = target instanceof HTMLElement ? target.closest('button, a')?.tagName : undefined
  if (focused === 'BUTTON' && (event.key === ' ' || event.key === 'Enter')) return
  if (focused === 'A' && event.key === 'Enter') return
  if (document.querySelector('[role="dialog"]') !== null && event.key !== '?') return
  action?.(event)
}
