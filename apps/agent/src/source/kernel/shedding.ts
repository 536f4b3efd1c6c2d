/**
 * Whether a slot sheds, where the programs cannot ask how full its buffer is: perf buffers. The same hysteresis as the
 * programs' own over rings (packages/bpf/include/emit.h), decided by whoever reads. Pure.
 */
import { ABI } from '../abi.ts'

/** struct rs_slot_control, as far as it matters here. */
export interface ShedPolicy {
  backpressure: boolean
  /** Bytes of fill of a part; 0: always. */
  shedAbove: number
  shedBelow: number
}

const { rs_slot_control, rs_control } = ABI.structs
const { backpressure, shed_above, shed_below } = rs_slot_control.members

/** Where the policy of a slot stands in the control block. */
export function policyOffset(slot: number): number {
  return rs_control.members.slot + slot * rs_slot_control.bytes
}

/** @param words of struct rs_slot_control */
export function policyOf(words: Uint32Array): ShedPolicy {
  return {
    backpressure: words[backpressure / 4] !== 0,
    shedAbove: words[shed_above / 4] ?? 0,
    shedBelow: words[shed_below / 4] ?? 0,
  }
}

/** From `shedAbove` on, until the fill is below `shedBelow`. @param fillBytes of the fullest part */
export function shedsNow(policy: ShedPolicy, shedding: boolean, fillBytes: number): boolean {
  if (!policy.backpressure) return false
  return policy.shedAbove === 0 || fillBytes >= (shedding ? policy.shedBelow : policy.shedAbove)
}
