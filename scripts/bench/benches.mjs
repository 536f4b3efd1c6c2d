/** What `npm run bench` measures, and what this host needs for it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isRoot } from '../lib/host.mjs'
import { KERNEL_PACKAGES, onPath } from '../lib/packages.mjs'
import { ROOT } from '../lib/run.mjs'

const AGENT = 'apps/agent/bench'

/** In the order in which they run. `kernel`: it watches this host's kernel. */
export const BENCHES = [
  { name: 'producer', title: 'What an event costs where it is made', script: `${AGENT}/producer.mjs`, kernel: true },
  { name: 'consumer', title: 'What an event costs where it is read', script: `${AGENT}/consumer.mjs`, kernel: true },
  { name: 'loss', title: 'What is lost', script: `${AGENT}/loss.mjs`, kernel: true },
  { name: 'slowdown', title: 'What watching does to a workload', script: `${AGENT}/slowdown.mjs`, kernel: true },
  { name: 'wire', title: 'Bytes on the wire', script: `${AGENT}/wire.mjs`, kernel: true },
  { name: 'encodings', title: 'Encodings of made-up rows', script: 'packages/protocol/bench/wire.mjs', kernel: false },
  { name: 'latency', title: 'From the hook to a client', script: `${AGENT}/latency.mjs`, kernel: true },
  { name: 'idle', title: 'At rest', script: `${AGENT}/idle.mjs`, kernel: true },
  { name: 'every-event', title: 'Every event to a client', script: `${AGENT}/every-event.mjs`, kernel: true },
]

/** Programs that are compiled for the benchmark alone. */
export const BUILDS = ['packages/bpf/bench/build.mjs', 'packages/native/bench/build.mjs']

/**
 * The benches of these names, or all of them.
 * @param {string[]} names
 * @returns {{ picked: typeof BENCHES, unknown: string[] }}
 */
export function pick(names) {
  const unknown = names.filter((name) => !BENCHES.some((bench) => bench.name === name))
  return { picked: BENCHES.filter(({ name }) => names.length === 0 || names.includes(name)), unknown }
}

/** @returns {{ what: string, mend: string }[]} what keeps these benches from running here */
export function missingFor(benches, host = hereNow()) {
  const missing = []
  if (!host.modules) missing.push({ what: 'npm packages are not installed', mend: 'npm ci' })
  if (!benches.some(({ kernel }) => kernel)) return missing
  if (!host.root) missing.push({ what: 'BPF programs are loaded by root alone', mend: 'sudo npm run bench' })
  if (!host.btf) {
    missing.push({ what: 'this kernel has no BTF', mend: 'boot one that is built with CONFIG_DEBUG_INFO_BTF=y' })
  }
  if (host.packages.length > 0) {
    const names = host.packages.join(' ')
    missing.push({ what: `${names}: not installed`, mend: `apt-get update && apt-get install ${names}` })
  }
  return missing
}

/** What makes fewer rows, or worse figures, but keeps nothing from running. @returns {string[]} */
export function remarksFor(benches, { load, cpus }, hasPerf = onPath('perf')) {
  const remarks = []
  if (benches.some(({ name }) => name === 'slowdown') && !hasPerf) {
    remarks.push('perf is not installed: there is no row against it (apt-get install linux-perf)')
  }
  if (load > cpus / 4) {
    remarks.push(`this host is busy (load ${load.toFixed(1)} on ${cpus} CPUs): the figures mean less`)
  }
  return remarks
}

function hereNow() {
  return {
    modules: existsSync(join(ROOT, 'node_modules', 'ws')),
    root: isRoot(),
    btf: existsSync('/sys/kernel/btf/vmlinux'),
    packages: KERNEL_PACKAGES.filter(({ found }) => !found()).map((one) => one.package),
  }
}
