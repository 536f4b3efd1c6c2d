/** The filter in the kernel: two banks of rules, of which the plan says which is in force. One writer. */
import type { BpfMap } from '@ringside/native'
import type { FilterRule } from '@ringside/protocol'
import { ABI, LIMITS } from '../abi.ts'
import { findCgroup } from './cgroups.ts'
import { decodeRules, encodeRules } from './filter-bytes.ts'
import type { Grace } from './grace.ts'
import type { Plan } from './plan.ts'

const BANK_BYTES = LIMITS.filters * ABI.structs.rs_filter.bytes

export class KernelFilters {
  readonly #map: BpfMap
  readonly #plan: Plan
  readonly #grace: Grace
  /** What the ids in the rules stand for: as they were asked for, since a group can be renamed or gone. */
  readonly #paths = new Map<bigint, string>()

  constructor(map: BpfMap, plan: Plan, grace: Grace) {
    this.#map = map
    this.#plan = plan
    this.#grace = grace
  }

  /**
   * Puts all rules in force at once: a program that has begun ends by those that it began with. One call at a time.
   * Rejects with KernelError ECGROUP when a control group is not there; then nothing has changed.
   */
  async write(rules: readonly FilterRule[]): Promise<void> {
    const bytes = encodeRules(rules, (path) => {
      const cgroup = findCgroup(path)
      this.#paths.set(cgroup.id, path)
      return cgroup
    })
    // Programs that began before the last exchange may still go by what stands in this bank.
    await this.#grace.pass()
    const bank = 1 - this.#plan.filterBank
    this.#map.write(bank * BANK_BYTES, bytes)
    this.#plan.setFilterCount(bank, rules.length)
    this.#plan.filterBank = bank
  }

  /** The rules in force, read from where the programs read them. */
  read(): FilterRule[] {
    const bank = this.#plan.filterBank
    const bytes = new Uint8Array(BANK_BYTES)
    this.#map.read(bank * BANK_BYTES, bytes)
    return decodeRules(bytes, this.#plan.filterCount(bank), (id) => this.#paths.get(id) ?? `#${id}`)
  }
}
