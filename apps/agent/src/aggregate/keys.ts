/** Keys of the top tables, as the latin-1 string of their bytes, in words that people read. Layouts are tables.ts's. */
import { formatAddress, showBytes, syscallName, type TopTable } from '@ringside/protocol'

export interface KeyText {
  /** Stays the same for a key for as long as the agent runs. */
  key: string
  label: string
  id: number | null
}

const WORD_BYTES = 4

export function describeKey(table: TopTable, key: string): KeyText {
  const bytes = Buffer.from(key, 'latin1')
  return DESCRIBE[table](bytes)
}

const DESCRIBE: Readonly<Record<TopTable, (bytes: Buffer) => KeyText>> = {
  process: (bytes) => {
    const pid = bytes.readUInt32LE(0)
    const comm = textAt(bytes, WORD_BYTES)
    return { key: `${pid} ${comm}`, label: comm, id: pid }
  },
  syscall: (bytes) => {
    const nr = bytes.readUInt32LE(0)
    const compat = bytes.readUInt32LE(WORD_BYTES) !== 0
    return { key: compat ? `${nr} compat` : String(nr), label: syscallName(nr, compat), id: nr }
  },
  file: (bytes) => {
    const path = textAt(bytes, 0)
    return { key: path, label: path, id: null }
  },
  remote: (bytes) => {
    const address = formatAddress(bytes, WORD_BYTES, bytes.readUInt32LE(0))
    return { key: address, label: address, id: null }
  },
}

/** Up to the first NUL, safe to show. */
function textAt(bytes: Buffer, at: number): string {
  const end = bytes.indexOf(0, at)
  return showBytes(bytes, at, (end < 0 ? bytes.length : end) - at)
}
