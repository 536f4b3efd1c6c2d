/** Rules of the filter ↔ struct rs_filter. Pure: what a control group's path stands for is asked of the caller. */
import { EVENT_TYPES, type EventType, type FilterRule } from '@ringside/protocol'
import { ABI, FILTER_FIELD, LIMITS } from '../abi.ts'
import type { Cgroup } from './cgroups.ts'

const { rs_filter } = ABI.structs
const RULE = rs_filter.members
const TYPES = Object.entries(EVENT_TYPES) as [EventType, number][]

/** @returns LIMITS.filters rules; those behind the last are zero */
export function encodeRules(rules: readonly FilterRule[], cgroupOf: (path: string) => Cgroup): Uint8Array {
  if (rules.length > LIMITS.filters) throw new RangeError(`${rules.length} rules are more than ${LIMITS.filters}`)
  const bytes = new Uint8Array(LIMITS.filters * rs_filter.bytes)
  const view = new DataView(bytes.buffer)
  for (const [index, rule] of rules.entries()) {
    const at = index * rs_filter.bytes
    view.setUint8(at + RULE.field, FILTER_FIELD[rule.field])
    view.setUint8(at + RULE.not, rule.not ? 1 : 0)
    switch (rule.field) {
      case 'pid':
      case 'uid':
        view.setUint32(at + RULE.value, rule.value, true)
        break
      case 'comm':
        bytes.set(Buffer.from(rule.value).subarray(0, LIMITS.commBytes - 1), at + RULE.comm)
        break
      case 'type':
        view.setUint32(at + RULE.value, bitsOf(rule.value), true)
        break
      case 'cgroup': {
        const { id, level } = cgroupOf(rule.value)
        view.setUint8(at + RULE.level, level)
        view.setBigUint64(at + RULE.cgroup, id, true)
        break
      }
    }
  }
  return bytes
}

/** @param bytes rules one after the other, as the programs read them */
export function decodeRules(bytes: Uint8Array, count: number, pathOf: (cgroup: bigint) => string): FilterRule[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: count }, (_, index) => {
    const at = index * rs_filter.bytes
    const not = view.getUint8(at + RULE.not) !== 0
    const value = view.getUint32(at + RULE.value, true)
    const field = view.getUint8(at + RULE.field)
    switch (field) {
      case FILTER_FIELD.pid:
        return { field: 'pid', not, value }
      case FILTER_FIELD.uid:
        return { field: 'uid', not, value }
      case FILTER_FIELD.comm:
        return { field: 'comm', not, value: nameAt(bytes, at + RULE.comm) }
      case FILTER_FIELD.type:
        return { field: 'type', not, value: typesOf(value) }
      case FILTER_FIELD.cgroup:
        return { field: 'cgroup', not, value: pathOf(view.getBigUint64(at + RULE.cgroup, true)) }
      default:
        throw new RangeError(`a rule about field ${field}`)
    }
  })
}

function bitsOf(types: readonly EventType[]): number {
  return types.reduce((bits, type) => bits | (1 << EVENT_TYPES[type]), 0)
}

function typesOf(bits: number): EventType[] {
  return TYPES.filter(([, number]) => (bits & (1 << number)) !== 0).map(([name]) => name)
}

function nameAt(bytes: Uint8Array, at: number): string {
  const name = bytes.subarray(at, at + LIMITS.commBytes)
  const end = name.indexOf(0)
  return Buffer.from(name.subarray(0, end < 0 ? name.length : end)).toString()
}
