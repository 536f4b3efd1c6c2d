/** Keys of the top tables: their tags, and how a key's bytes (tag first, as a latin-1 string) read in words. */
import { formatAddress, showBytes, syscallName, type TopTable } from '@ringside/protocol'

export interface KeyText {
  /** Stays the same for a key for as long as the agent runs. */
  key: string
  label: string
  id: number | null
}

const WORD_BYTES = 4
const COMPAT_SHIFT = 31
const REST_SHIFT = 24

export function syscallTag(nr: number, compat: number): number {
  return ((compat << COMPAT_SHIFT) | (nr & 0x7fff_ffff)) >>> 0
}

/** @param word holds the path's last `rest` bytes, 0 to 3, in its low ones */
export function pathTag(word: number, rest: number): number {
  return rest === 0 ? 0 : ((word & ((1 << (rest * 8)) - 1)) | (rest << REST_SHIFT)) >>> 0
}

export function describeKey(table: TopTable, key: string): KeyText {
  const bytes = Buffer.from(key, 'latin1')
  return DESCRIBE[table](bytes.readUInt32LE(0), bytes.subarray(WORD_BYTES))
}

const DESCRIBE: Readonly<Record<TopTable, (tag: number, bytes: Buffer) => KeyText>> = {
  process: (pid, comm) => {
    const end = comm.indexOf(0)
    const label = showBytes(comm, 0, end < 0 ? comm.length : end)
    return { key: `${pid} ${label}`, label, id: pid }
  },
  syscall: (tag) => {
    const nr = tag & 0x7fff_ffff
    const compat = tag >>> COMPAT_SHIFT === 1
    return { key: compat ? `${nr} compat` : String(nr), label: syscallName(nr, compat), id: nr }
  },
  file: (tag, whole) => {
    const rest = Buffer.alloc(WORD_BYTES)
    rest.writeUInt32LE(tag)
    const path = Buffer.concat([whole, rest.subarray(0, tag >>> REST_SHIFT)])
    const label = showBytes(path, 0, path.length)
    return { key: label, label, id: null }
  },
  remote: (family, bytes) => {
    const address = formatAddress(bytes, 0, family)
    return { key: address, label: address, id: null }
  },
}
