/**
 * Which records there are: by type and version the sizes that one may have, and whether what it says of its own end is
 * true. What is not in this table is opaque. Pure.
 */
import { EVENT_TYPES } from '@ringside/protocol'
import { ABI, LIMITS, RECORD_BYTES, RECORD_VERSIONS } from '../source/abi.ts'

const { rs_exec, rs_exec2, rs_open, rs_load } = ABI.structs
const EXEC = EVENT_TYPES.exec
const EXEC_PATH_WORD = rs_exec.members.path_len / 4
const OPEN_PATH_WORD = rs_open.members.nr / 4
const PAD_WORD = rs_load.members.pad_len / 4

/** Versions of one type that the tables have room for, 0 included, which no record has. */
export const VERSIONS = 4

/** By type × VERSIONS + version: the smallest and the largest record; 0 where there is no such type or version. */
export const MIN_BYTES = new Uint32Array(LIMITS.types * VERSIONS)
export const MAX_BYTES = new Uint32Array(LIMITS.types * VERSIONS)

for (let type = 0; type < LIMITS.types; type += 1) {
  const { min, max } = RECORD_BYTES[type] ?? { min: 0, max: 0 }
  for (let version = 1; min > 0 && version <= (RECORD_VERSIONS[type] ?? 0); version += 1) {
    MIN_BYTES[type * VERSIONS + version] = type === EXEC ? execBytes(version) : min
    MAX_BYTES[type * VERSIONS + version] = type === EXEC ? execBytes(version) + LIMITS.pathBytes : max
  }
}

export function isKnownType(type: number): boolean {
  return type < LIMITS.types && (MIN_BYTES[type * VERSIONS + 1] as number) > 0
}

/** Whether the bytes that a variable record says it ends with lie inside it, behind its fixed part. */
export function tailFits(words: Uint32Array, record: number, type: number, version: number, size: number): boolean {
  switch (type) {
    case EXEC: {
      const path = words[record + EXEC_PATH_WORD] as number
      return path >>> 16 >= execBytes(version) && (path >>> 16) + (path & 0xffff) <= size
    }
    case EVENT_TYPES.open:
      return rs_open.bytes + ((words[record + OPEN_PATH_WORD] as number) >>> 16) <= size
    case EVENT_TYPES.load:
      return rs_load.bytes + (words[record + PAD_WORD] as number) <= size
    default:
      return true
  }
}

function execBytes(version: number): number {
  return version === 1 ? rs_exec.bytes : rs_exec2.bytes
}
