/** Builds the product. What the kernel source needs and what everything needs fail apart from each other. */
import { join } from 'node:path'

const TURBO = join('node_modules', '.bin', 'turbo')
const KERNEL_ONLY = ['@ringside/bpf', '@ringside/native']

const turbo = (...args) => ({
  command: TURBO,
  args: ['run', 'build', '--output-logs=new-only', '--log-order=grouped', ...args],
  // The end of the log is what people are shown: it should be the compiler's words, not npm's about them.
  env: { npm_config_loglevel: 'silent' },
})

/** @param {{ must: Function }} step */
export function vendorLibbpf({ must }) {
  return must({
    command: process.execPath,
    args: ['packages/native/vendor.mjs'],
    mend: 'node packages/native/vendor.mjs',
  })
}

/** The BPF object and the addon. */
export function buildKernelParts({ must }) {
  const filters = KERNEL_ONLY.map((name) => `--filter=${name}`)
  return must({ ...turbo(...filters), mend: `npx turbo run build ${filters.join(' ')}` })
}

/** The wire, the agent and the page. */
export async function buildRest({ must }, kernelParts) {
  if (kernelParts) return must({ ...turbo(), mend: 'npx turbo run build' })
  // The agent is written against the binding's types, which need no compiler of C++.
  const tsc = { command: join('node_modules', '.bin', 'tsc'), args: ['-p', 'packages/native'] }
  await must({ ...tsc, mend: 'npx tsc -p packages/native' })
  const filters = KERNEL_ONLY.map((name) => `--filter=!${name}`)
  return must({ ...turbo('--only', ...filters), mend: `npx turbo run build --only ${filters.join(' ')}` })
}
