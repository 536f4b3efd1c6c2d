/** Tells the programs which slots shed, over perf buffers: as often as these are looked at. Of the reading thread. */
import type { BpfMap } from '@ringside/native'
import { ABI, SLOTS_IN_USE } from '../abi.ts'
import { policyOf, policyOffset, shedsNow } from './shedding.ts'

const { rs_wake, rs_slot_control } = ABI.structs

export class PerfShedding {
  readonly #control: BpfMap
  readonly #wake: BpfMap
  readonly #shedding: boolean[] = Array.from({ length: SLOTS_IN_USE }, () => false)
  readonly #policies = new Uint32Array((SLOTS_IN_USE * rs_slot_control.bytes) / 4)
  readonly #policyBytes = new Uint8Array(this.#policies.buffer)
  readonly #words: readonly Uint32Array[] = this.#shedding.map((_, slot) =>
    this.#policies.subarray((slot * rs_slot_control.bytes) / 4, ((slot + 1) * rs_slot_control.bytes) / 4),
  )

  /** @param control is closed with this; `wake` stays with whoever has it */
  constructor(control: BpfMap, wake: BpfMap) {
    this.#control = control
    this.#wake = wake
    // A reader before this one may have left a slot shedding.
    for (let slot = 0; slot < SLOTS_IN_USE; slot += 1) this.#write(slot, false)
  }

  /** @param fillOf a slot: bytes in its fullest part */
  look(fillOf: (slot: number) => number): void {
    this.#control.read(policyOffset(0), this.#policyBytes)
    for (const [slot, words] of this.#words.entries()) {
      const before = this.#shedding[slot] === true
      const policy = policyOf(words)
      if (!policy.backpressure && !before) continue
      const sheds = shedsNow(policy, before, fillOf(slot))
      if (sheds !== before) this.#write(slot, sheds)
    }
  }

  close(): void {
    this.#control.close()
  }

  #write(slot: number, sheds: boolean): void {
    this.#shedding[slot] = sheds
    const word = new Uint8Array(Uint32Array.of(sheds ? 1 : 0).buffer)
    this.#wake.write(slot * rs_wake.bytes + rs_wake.members.shedding, word)
  }
}
