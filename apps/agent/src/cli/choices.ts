/** The options of `ringside serve`, from text to values. Pure but for the messages of what is wrong. */

import { formatBytes, PRESETS, type Preset, SLOT_NAMES, type SlotName } from '@ringside/protocol'
import { InvalidArgumentError } from 'commander'
import { type Chosen, DEFAULT_PRESET, defaultCapacity, defaultSettings } from '../control/settings.ts'
import { sizeRefusal } from '../control/sizes.ts'
import { parseBasePath } from '../serve/base-path.ts'
import { parseSize } from './size.ts'

const PORT_MAX = 65_535

/** The default first. */
export const LAYOUTS: readonly Preset[] = [
  DEFAULT_PRESET,
  ...(Object.keys(PRESETS) as Preset[]).filter((preset) => preset !== DEFAULT_PRESET),
]

export function portOf(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= PORT_MAX)) throw new InvalidArgumentError('a port is a number from 0 (a free one) to 65535.')
  return port
}

export function wholeOf(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('a whole number is needed.')
  return value
}

export function positiveOf(text: string): number {
  const value = wholeOf(text)
  if (value === 0) throw new InvalidArgumentError('1 or more is needed.')
  return value
}

export function basePathOf(text: string): string {
  const path = parseBasePath(text)
  if (path === null) throw new InvalidArgumentError('a base path looks like /ops/ringside.')
  return path
}

export function publicUrlsOf(text: string, before: URL[]): URL[] {
  const url = URL.canParse(text) ? new URL(text) : null
  const isPlain = url !== null && url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  if (url === null || !isPlain || !['http:', 'https:'].includes(url.protocol) || parseBasePath(url.pathname) === null) {
    throw new InvalidArgumentError('a public URL looks like https://host.example/ops/ringside.')
  }
  return [...before, url]
}

export function listOf(text: string, before: string[]): string[] {
  return [...before, text]
}

/** Which layouts use a slot is not known here: `capacitiesRefusal` looks at the one that was chosen. */
export function capacityOf(slot: SlotName): (text: string) => number {
  return (text) => {
    const bytes = parseSize(text)
    if (bytes === null) throw new InvalidArgumentError('a size looks like 8MiB, 512K or 65536.')
    const refusal = sizeRefusal(slot, bytes, defaultSettings({}, layoutsWith(slot)[0]), GROUND)
    if (refusal !== null) throw new InvalidArgumentError(`${refusal.message}. ${refusal.hint}`)
    return bytes
  }
}

/** Why the layout cannot begin with these capacities; null: it can. Those of slots that it does not use do not count. */
export function capacitiesRefusal(chosen: Chosen, layout: Preset): string | null {
  const settings = defaultSettings(chosen, layout)
  for (const slot of SLOT_NAMES) {
    const { capacityBytes } = settings.slots[slot]
    const refusal = capacityBytes === 0 ? null : sizeRefusal(slot, capacityBytes, settings, GROUND)
    if (refusal !== null) return `--${slot} with --layout ${layout}: ${refusal.message}. ${refusal.hint}`
  }
  return null
}

export function capacityHelp(slot: SlotName): string {
  const sizes = layoutsWith(slot).map((layout) => defaultCapacity(slot, PRESETS[layout]))
  const defaults = [...new Set(sizes)].map(formatBytes).join(' or ')
  return `capacity of the ${slot} buffer, in layouts that have one (default: ${defaults})`
}

/** How many parts a buffer has is known when the source is open; it then makes each as large as it must be. */
const GROUND = { cpus: 1, transport: 'ring' } as const

function layoutsWith(slot: SlotName): Preset[] {
  return LAYOUTS.filter((layout) => Object.values<SlotName>(PRESETS[layout]).includes(slot))
}
