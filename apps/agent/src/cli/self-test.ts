/** Once at every start, and for `doctor`: does this kernel count as the laws say? */
import { judgeSelfTest, type SelfTestResult } from '../health/self-test.ts'
import { Scanner } from '../ingest/scan.ts'
import { exerciseKernel } from '../source/probe.ts'

/** Takes some 100 ms, in turns of a few. Rejects where BPF does not load. */
export async function selfTest(): Promise<SelfTestResult> {
  return judgeSelfTest(await exerciseKernel((cpus) => new Scanner(cpus)))
}
