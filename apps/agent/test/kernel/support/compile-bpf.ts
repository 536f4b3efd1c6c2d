/** Small BPF programs that do to buffers what the product's own never would: compiled when a test starts. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const MULTIARCH_HEADERS = `/usr/include/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`
const VENDOR = fileURLToPath(new URL('../../../../../packages/native/vendor.mjs', import.meta.url))

/** @param name of a file of test/kernel/programs @returns the path of the object; it is gone when the test ends */
export function compiledBpf(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'ringside-object-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const object = join(folder, `${name}.bpf.o`)
  const source = fileURLToPath(new URL(`../programs/${name}.bpf.c`, import.meta.url))
  const include = execFileSync(process.execPath, [VENDOR, '--print', 'include'], { encoding: 'utf8' }).trim()
  const flags = ['-target', 'bpf', '-mcpu=v3', '-O2', '-g', '-Wall', '-Werror']
  const headers = ['-isystem', include, '-idirafter', MULTIARCH_HEADERS]
  execFileSync(process.env.CLANG ?? 'clang', [...flags, ...headers, '-c', source, '-o', object])
  return object
}
