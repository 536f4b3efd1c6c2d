/** Waiting, off the thread, until every program run that had begun has ended. */
import type { BpfMap, BpfObject } from '@ringside/native'
import { word } from './plan.ts'

/** The update of a map of maps waits for it (kernel/bpf/syscall.c, maybe_wait_bpf_programs), on every kernel from 5.5. */
export class Grace {
  readonly #outer: BpfMap
  readonly #inner: Uint8Array

  constructor(object: BpfObject) {
    this.#outer = object.map('grace')
    this.#inner = word(object.map('grace_0').fd)
  }

  async pass(): Promise<void> {
    await this.#outer.updateAsync(word(0), this.#inner)
  }
}
