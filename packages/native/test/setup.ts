/** Compiles what the tests load and run: small BPF objects, and helpers that forge positions and deny system calls. */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const MULTIARCH_HEADERS = `/usr/include/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`

function run(command: string, args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`)
  return stdout
}

export function setup(): void {
  const out = join(here, 'build')
  mkdirSync(out, { recursive: true })
  const include = run(process.execPath, [join(here, '..', 'vendor.mjs'), '--print', 'include'])
  for (const name of ['probe', 'broken']) {
    const flags = ['-target', 'bpf', '-mcpu=v3', '-O2', '-g', '-Wall', '-Werror']
    const headers = ['-isystem', include, '-idirafter', MULTIARCH_HEADERS]
    run('clang', [...flags, ...headers, '-c', join(here, 'bpf', `${name}.bpf.c`), '-o', join(out, `${name}.bpf.o`)])
  }
  for (const name of ['forge', 'forge-perf', 'deny'])
    run('cc', ['-O1', '-Wall', join(here, `${name}.c`), '-o', join(out, name)])
}
