/** From a fresh clone to a product that runs: the steps that `npm start` and `npm test` share. */
import { buildKernelParts, buildRest, vendorLibbpf } from './build.mjs'
import { installMissing } from './debian.mjs'
import { checkHost } from './host.mjs'
import { installModules } from './npm.mjs'
import { StepError } from './steps.mjs'

/**
 * @param {import('./steps.mjs').Steps} steps
 * @param {{ packages: object[], kernel: 'required' | 'preferred' }} wanted `preferred`: where the parts for the kernel
 *   source cannot be built, the rest is built all the same
 * @returns {Promise<StepError | null>} why the kernel source cannot be used, if it cannot
 */
export async function setUp(steps, { packages, kernel }) {
  let failure = null
  const kernelStep = async (title, because, body) => {
    if (failure) return
    try {
      await steps.step(title, because, body)
    } catch (error) {
      if (kernel === 'required' || !(error instanceof StepError)) throw error
      failure = error
    }
  }

  await steps.step('Check the host', 'Linux, processor, Node', ({ say }) => say(checkHost()))
  await kernelStep('Install Debian packages', 'the kernel side is compiled on this host', (step) =>
    installMissing(packages, step),
  )
  await steps.step('Install npm packages', 'exactly those of package-lock.json', installModules)
  await kernelStep('Vendor libbpf', 'the pinned version is linked in, whatever the host has', vendorLibbpf)
  await kernelStep('Build BPF object and addon', 'they collect the events', buildKernelParts)
  await steps.step('Build agent and page', 'they read, account for and show the events', (step) =>
    buildRest(step, failure === null),
  )
  return failure
}
