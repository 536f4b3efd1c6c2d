/** What of the kernel source works on this host; the native binding is loaded only when this is asked. */
import type { Ability } from './kernel/abilities.ts'
import type { Exercise, RecordCheck } from './kernel/self-test.ts'
import type { TransportChoice } from './kernel/transport.ts'
import { sourceError } from './open-host.ts'

export type { Ability } from './kernel/abilities.ts'

/** @param transport what is to be tried */
export async function probeKernel(transport: TransportChoice = 'auto'): Promise<Ability[]> {
  try {
    const { probeAbilities } = await import('./kernel/abilities.ts')
    return probeAbilities(transport)
  } catch (thrown) {
    const { message, hint } = sourceError(thrown)
    return [{ id: 'binding', title: 'The native binding', ok: false, detail: message, mend: hint }]
  }
}

/**
 * Makes events whose number is known, and what reads them finds. Rejects where BPF does not load.
 * @param transport default: what an agent of this host would choose by itself
 */
export async function exerciseKernel<C extends RecordCheck>(
  newCheck: (cpus: number) => C,
  transport: TransportChoice = 'auto',
): Promise<Exercise<C>> {
  const { exerciseEmit } = await import('./kernel/self-test.ts')
  return exerciseEmit(newCheck, transport)
}
