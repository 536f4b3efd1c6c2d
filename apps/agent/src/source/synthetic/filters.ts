/** The filter as the synthetic producers go by it: which of the seen events go on. */
import { ABI, FILTER_FIELD, LIMITS } from '../abi.ts'
import type { Process } from './about.ts'
import type { SharedWords } from './shared.ts'

const { rs_filter } = ABI.structs
const RULE = rs_filter.members
const utf8 = new TextDecoder()

interface Rule {
  field: number
  not: boolean
  level: number
  value: number
  cgroup: number
  comm: string
}

/** An event passes when no rule with `not` matches it and, for each field that has rules without, one of them does. */
export class Filters {
  readonly #words: SharedWords
  #version = -1
  #rules: readonly Rule[] = []

  constructor(words: SharedWords) {
    this.#words = words
  }

  /** Takes on what the host has put in force, for all events from now on. */
  refresh(): void {
    if (this.#words.filterVersion() === this.#version) return
    const { version, bytes, count } = this.#words.readFilters()
    const view = new DataView(bytes.buffer)
    this.#version = version
    this.#rules = Array.from({ length: count }, (_, index) => ruleAt(view, index * rs_filter.bytes))
  }

  /** @param process null: no rule about processes matches */
  passes(type: number, process: Process | null): boolean {
    let asked = 0
    let met = 0
    for (const rule of this.#rules) {
      const match = matches(rule, type, process)
      if (rule.not && match) return false
      if (rule.not) continue
      asked |= 1 << rule.field
      if (match) met |= 1 << rule.field
    }
    return asked === met
  }
}

function matches(rule: Rule, type: number, process: Process | null): boolean {
  if (rule.field === FILTER_FIELD.type) return ((rule.value >>> type) & 1) === 1
  if (process === null) return false
  switch (rule.field) {
    case FILTER_FIELD.pid:
      return rule.value === process.pid
    case FILTER_FIELD.uid:
      return rule.value === process.uid
    case FILTER_FIELD.comm:
      return rule.comm === process.comm.slice(0, LIMITS.commBytes - 1)
    case FILTER_FIELD.cgroup:
      return rule.cgroup === process.group.ids[rule.level]
    default:
      return false
  }
}

function ruleAt(view: DataView, at: number): Rule {
  const comm = new Uint8Array(view.buffer, view.byteOffset + at + RULE.comm, LIMITS.commBytes)
  const end = comm.indexOf(0)
  return {
    field: view.getUint8(at + RULE.field),
    not: view.getUint8(at + RULE.not) !== 0,
    level: view.getUint8(at + RULE.level),
    value: view.getUint32(at + RULE.value, true),
    cgroup: Number(view.getBigUint64(at + RULE.cgroup, true)),
    comm: utf8.decode(comm.subarray(0, end < 0 ? comm.length : end)),
  }
}
