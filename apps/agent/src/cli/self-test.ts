/** Once at every start, and for `doctor`: does this kernel count as the laws say? */
import type { Transport } from '@ringside/protocol'
import { judgeSelfTest, type SelfTestResult } from '../health/self-test.ts'
import { Scanner } from '../ingest/scan.ts'
import { exerciseKernel } from '../source/probe.ts'

/**
 * Takes some 100 ms, in turns of a few. Rejects where BPF does not load.
 * @param transport none: what an agent would choose by itself
 */
export async function selfTest(transport?: Transport): Promise<SelfTestResult> {
  return judgeSelfTest(await exerciseKernel((cpus) => new Scanner(cpus), transport))
}
