/** Shedding as the reader of perf buffers decides it. No kernel needed. */
import { describe, expect, test } from 'vitest'
import { ABI } from '../../src/source/abi.ts'
import { policyOf, policyOffset, type ShedPolicy, shedsNow } from '../../src/source/kernel/shedding.ts'

const POLICY: ShedPolicy = { backpressure: true, shedAbove: 100, shedBelow: 60 }

/** What is decided at each fill, one after the other. */
function course(policy: ShedPolicy, fills: readonly number[]): boolean[] {
  let shedding = false
  return fills.map((fill) => {
    shedding = shedsNow(policy, shedding, fill)
    return shedding
  })
}

describe('[D7] shedding', () => {
  test('begins at the upper mark, and ends below the lower one', () => {
    expect(course(POLICY, [0, 99, 100, 80, 60, 59, 99])).toEqual([false, false, true, true, true, false, false])
  })

  test('does not flap around one of the marks', () => {
    expect(course(POLICY, [100, 99, 100, 99])).toEqual([true, true, true, true])
    expect(course(POLICY, [59, 60, 59, 60])).toEqual([false, false, false, false])
  })

  test('ends when backpressure is switched off, whatever the fill', () => {
    expect(shedsNow({ ...POLICY, backpressure: false }, true, 1000)).toBe(false)
  })

  test('is for always where the upper mark is 0', () => {
    expect(course({ backpressure: true, shedAbove: 0, shedBelow: 0 }, [0, 50])).toEqual([true, true])
  })
})

test('[D6] the policy is read from where the controls stand', () => {
  expect(policyOffset(2) - policyOffset(1)).toBe(ABI.structs.rs_slot_control.bytes)
  expect(policyOf(Uint32Array.of(1, 100, 60, 7))).toEqual(POLICY)
  expect(policyOf(Uint32Array.of(0, 100, 60, 7)).backpressure).toBe(false)
})
