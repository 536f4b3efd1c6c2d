/** The options of `ringside serve`, from text to values. Pure but for the messages of what is wrong. */

import { formatBytes, type SlotName } from '@ringside/protocol'
import { InvalidArgumentError } from 'commander'
import { sizeRefusal } from '../control/rules.ts'
import { defaultSettings } from '../control/settings.ts'
import { parseBasePath } from '../serve/base-path.ts'
import { parseSize } from './size.ts'

const PORT_MAX = 65_535

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

export function capacityOf(slot: SlotName): (text: string) => number {
  return (text) => {
    const bytes = parseSize(text)
    if (bytes === null) throw new InvalidArgumentError('a size looks like 8MiB, 512K or 65536.')
    const refusal = sizeRefusal(slot, bytes, defaultSettings())
    if (refusal !== null) throw new InvalidArgumentError(`${refusal.message}. ${refusal.hint}`)
    return bytes
  }
}

export function capacityHelp(slot: SlotName): string {
  const bytes = defaultSettings().slots[slot].capacityBytes
  return `capacity of the ${slot} buffer (default: ${formatBytes(bytes)})`
}
