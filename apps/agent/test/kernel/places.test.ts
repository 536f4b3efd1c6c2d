/** Where programs find a slot's buffer, when the kernel refuses to wait for those that still hold the former one. */
import { TRANSPORTS, type Transport } from '@ringside/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { LIMITS } from '../../src/source/abi.ts'
import { Buffers } from '../../src/source/kernel/buffers.ts'
import { Grace } from '../../src/source/kernel/grace.ts'
import { Plan, word } from '../../src/source/kernel/plan.ts'
import { loadPrograms } from '../../src/source/kernel/programs.ts'

const SLOT = 1
const BYTES = 1 << 17

/** A grace period that can be refused. */
class RefusedGrace extends Grace {
  refusals = 0
  passed = 0

  override async pass(): Promise<void> {
    if (this.refusals > 0) {
      this.refusals -= 1
      throw new Error('no memory')
    }
    await super.pass()
    this.passed += 1
  }
}

function open(transport: Transport) {
  const { object, cpus } = loadPrograms(transport, ['learn_pid'])
  const grace = new RefusedGrace(object)
  const plan = new Plan(object.map('plan'))
  const buffers = new Buffers(object, transport, cpus, plan, grace)
  onTestFinished(() => {
    buffers.closeAll()
    object.close()
  })
  /** What stands in the places of the slot's rings by CPU. */
  const ringsByCpu = () =>
    Array.from({ length: cpus }, (_, cpu) => {
      const place = word(LIMITS.slots + SLOT * cpus + cpu)
      return object.map('slots').lookup(place, word(0))
    })
  return { grace, plan, buffers, ringsByCpu }
}

test('[RSZ-5] a slot goes back to its one ring when the wait for those by CPU is refused', async () => {
  const { grace, plan, buffers, ringsByCpu } = open('ring')
  const single = await buffers.create(BYTES, 'single', SLOT)
  await buffers.install(SLOT, single.handle)
  const byCpu = await buffers.create(BYTES, 'cpu', SLOT)
  grace.refusals = 1
  grace.passed = 0
  await expect(buffers.install(SLOT, byCpu.handle)).rejects.toThrow('no memory')
  expect(plan.byCpu(SLOT)).toBe(false)
  expect(grace.passed, 'nobody holds the new rings').toBe(1)
  expect(buffers.installed[SLOT]).toEqual(single)
  await buffers.install(SLOT, byCpu.handle)
  expect(plan.byCpu(SLOT)).toBe(true)
  expect(ringsByCpu()).not.toContain(false)
})

test.each(TRANSPORTS)('[RSZ-5] a buffer whose place was refused can be put there later (%s)', async (transport) => {
  const { grace, buffers } = open(transport)
  const made = await buffers.create(BYTES, 'cpu', SLOT)
  grace.refusals = 1
  await expect(buffers.install(SLOT, made.handle)).rejects.toThrow('no memory')
  expect([grace.passed, buffers.installed[SLOT]]).toEqual([1, null])
  await buffers.install(SLOT, made.handle)
  expect(buffers.installed[SLOT]).toEqual(made)
})
