/**
 * An instance of the benchmark's BPF object (packages/bpf/bench), which has the product's emit in it: programs, a ring for
 * the plain events, a buffer where events of system calls go, and a control block as the product writes it.
 */
import { fileURLToPath } from 'node:url'
import { possibleCpus, Waker, wake } from '@ringside/native'
import { EVENT_TYPES, SLOT_NAMES } from '@ringside/protocol'
import { encodeControl } from '../../dist/control/layout.js'
import { defaultSettings, recordOf } from '../../dist/control/settings.js'
import { readLedger, rowsBytes } from '../../dist/health/rows.js'
import { ABI, LIMITS } from '../../dist/source/abi.js'
import { Buffers } from '../../dist/source/kernel/buffers.js'
import { describeFeed } from '../../dist/source/kernel/descriptor.js'
import { Grace } from '../../dist/source/kernel/grace.js'
import { Plan, word } from '../../dist/source/kernel/plan.js'
import { openObject } from '../../dist/source/kernel/programs.js'

const FILE = fileURLToPath(new URL('../../../../packages/bpf/build/bench.bpf.o', import.meta.url))
const SLOT_NAME = 'debug'
/** Where the default routes send system calls. */
export const SLOT = SLOT_NAMES.indexOf(SLOT_NAME)
const { rs_control } = ABI.structs
const CELL = SLOT * LIMITS.types + EVENT_TYPES.syscall

export class Instance {
  object
  cpus = possibleCpus()
  #waker = new Waker()
  #buffers

  /**
   * @param {{ bytes: number, programs: string[], settings?: (settings: object) => void, threshold?: number }} wish bytes of each
   *   of the rings; `settings` changes the defaults; `threshold` of the sampling draw, where a share is too coarse
   */
  static async open({ bytes, programs, settings = () => undefined, threshold }) {
    const instance = new Instance()
    const { cpus } = instance
    const object = openObject(FILE, cpus, { transport: 'ring', programs })
    object.setMaxEntries('plain_ring', bytes)
    object.load()
    instance.object = object
    instance.#buffers = new Buffers(object, 'ring', cpus, new Plan(object.map('plan')), new Grace(object))
    await instance.#buffers.fill(SLOT_NAMES.map((name) => (name === SLOT_NAME ? { bytes, sharding: 'single' } : null)))
    const chosen = defaultSettings({ [SLOT_NAME]: bytes })
    settings(chosen)
    const partBytes = recordOf(SLOT_NAMES, (name) => (name === SLOT_NAME ? bytes : 0))
    const block = encodeControl(chosen, { agentPid: process.pid, agentPort: 0, partBytes })
    if (threshold !== undefined) {
      new DataView(block.buffer).setUint32(rs_control.members.rate + CELL * 4, threshold, true)
    }
    object.map('control').write(0, block)
    return instance
  }

  programId(name) {
    return this.object.programInfo(name).id
  }

  get plainRingId() {
    return this.object.map('plain_ring').id
  }

  /** A map of maps tells user space the id of what stands in it. */
  get slotRingId() {
    const id = new Uint8Array(4)
    this.object.map('slots').lookup(word(SLOT), id)
    return new DataView(id.buffer).getUint32(0, true)
  }

  feed() {
    const { object, cpus } = this
    return describeFeed({ object, transport: 'ring', cpus, waker: this.#waker, buffers: this.#buffers.installed })
  }

  wake() {
    wake(this.#waker.handle)
  }

  /** What became of the events of the product's emit, and whether L1 holds for them. */
  fates() {
    const rows = new Uint8Array(rowsBytes(this.cpus))
    this.object.map('rows').read(0, rows)
    const { fates, dropped } = readLedger(rows, this.cpus)
    const of = (name) => fates[name][CELL]
    const told = { seen: of('seen'), sampled: of('sampled'), dropped: dropped[CELL], submitted: of('submitted') }
    const sent = of('filtered') + told.sampled + of('shed') + of('aggregated') + told.dropped + told.submitted
    return { ...told, exact: told.seen === sent }
  }

  /** Of the plain events. */
  plainCounts() {
    const perCpu = new BigUint64Array(this.cpus * 2)
    this.object.map('plain_counts').lookup(word(0), new Uint8Array(perCpu.buffer))
    const counts = { made: 0, dropped: 0 }
    for (let cpu = 0; cpu < this.cpus; cpu += 1) {
      counts.made += Number(perCpu[cpu * 2])
      counts.dropped += Number(perCpu[cpu * 2 + 1])
    }
    return counts
  }

  close() {
    this.object.close()
    this.#buffers.closeAll()
    this.#waker.close()
  }
}
