/** What of the kernel source works on this host; the native binding is loaded only when this is asked. */
import type { Transport } from '@ringside/protocol'
import type { Ability } from './kernel/abilities.ts'
import type { Exercise, RecordCheck } from './kernel/self-test.ts'
import { sourceError } from './open-host.ts'

export type { Ability } from './kernel/abilities.ts'

export async function probeKernel(): Promise<Ability[]> {
  try {
    const { probeAbilities } = await import('./kernel/abilities.ts')
    return probeAbilities()
  } catch (thrown) {
    const { message, hint } = sourceError(thrown)
    return [{ id: 'binding', title: 'The native binding', ok: false, detail: message, mend: hint }]
  }
}

/**
 * Makes events whose number is known, and what reads them finds. Rejects where BPF does not load.
 * @param transport what an agent of this host would choose by itself, when none is given
 */
export async function exerciseKernel<C extends RecordCheck>(
  newCheck: (cpus: number) => C,
  transport?: Transport,
): Promise<Exercise<C>> {
  const { exerciseEmit } = await import('./kernel/self-test.ts')
  return exerciseEmit(newCheck, transport)
}
