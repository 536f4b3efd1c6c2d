'use client'
/** Light, dark, or as the system has it: one button that goes round. */
import { Monitor, Moon, Sun } from 'lucide-react'
import { useTheme } from 'next-themes'
import { useEffect, useState } from 'react'

const ROUND = { system: 'light', light: 'dark', dark: 'system' } as const
const ICON = { system: Monitor, light: Sun, dark: Moon } as const
type Theme = keyof typeof ROUND

export function ThemeSwitch() {
  const { theme, setTheme } = useTheme()
  const [mounted, setMounted] = useState(false)
  useEffect(() => setMounted(true), [])
  const now: Theme = mounted && (theme === 'light' || theme === 'dark') ? theme : 'system'
  const Icon = ICON[now]
  return (
    <button
      type="button"
      className="grid size-7 place-items-center rounded text-mute hover:bg-sunken hover:text-ink"
      onClick={() => setTheme(ROUND[now])}
      aria-label={`Theme: ${now}. Change to ${ROUND[now]}`}
      title={`Theme: ${now}`}
      data-testid="theme"
    >
      <Icon className="size-4" aria-hidden="true" />
    </button>
  )
}
