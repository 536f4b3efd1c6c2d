/**
 * Compiles one unit of BPF programs into an object that loads on any kernel from 5.10 on. Nothing of this machine's
 * kernel goes into it: the structures that it reads are moved into place at load (CO-RE).
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const clang = process.env.CLANG || 'clang'
/** What <linux/types.h> includes lies here on Debian; the target "bpf" does not look there by itself. */
const MULTIARCH_HEADERS = '/usr/include/x86_64-linux-gnu'

/** @param {string} source @param {string} object both from this package's folder; ends the process when it fails */
export function compile(source, object) {
  if (process.arch !== 'x64') {
    fail(`the programs read system call arguments as x86-64 keeps them; this is ${process.arch}`, 'build on x86-64')
  }
  const vendor = ['../native/vendor.mjs', '--print', 'include']
  const include = run(process.execPath, vendor, 'node packages/native/vendor.mjs')
  const fresh = `${object}.${process.pid}`
  mkdirSync(join(here, dirname(object)), { recursive: true })
  run(
    clang,
    [
      // v3 has 32-bit operations; every kernel from 5.1 on runs it.
      ...['-target', 'bpf', '-mcpu=v3', '-D__TARGET_ARCH_x86', '-O2', '-g'],
      ...['-Wall', '-Wextra', '-Wno-unused-parameter', '-Werror'],
      ...['-I', 'include', '-isystem', include, '-idirafter', MULTIARCH_HEADERS],
      ...['-c', source, '-o', fresh],
    ],
    'apt-get install clang llvm linux-libc-dev',
  )
  // DWARF goes, BTF stays.
  run('llvm-strip', ['-g', fresh], 'apt-get install llvm')
  renameSync(join(here, fresh), join(here, object))
}

function run(command, args, mend) {
  const result = spawnSync(command, args, { cwd: here, encoding: 'utf8' })
  if (result.error) fail(`${command} cannot be run (${result.error.code})`, mend)
  if (result.status !== 0) fail(`${command} failed:\n${result.stderr.slice(-4000)}`, mend)
  return result.stdout
}

function fail(message, mend) {
  console.error(`[bpf] ${message}\n      mend: ${mend}`)
  process.exit(1)
}
