/** Small programs in C that do what Node cannot: compiled when a test starts, gone when it ends. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** @param name of a file of test/kernel/programs; public: any user may run it @returns the path of the program */
export function compiled(name: string, access: 'own' | 'public' = 'own'): string {
  const folder = mkdtempSync(join(tmpdir(), 'ringside-program-'))
  if (access === 'public') chmodSync(folder, 0o755)
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const program = join(folder, name)
  const source = fileURLToPath(new URL(`../programs/${name}.c`, import.meta.url))
  execFileSync(process.env.CC ?? 'cc', ['-O1', '-Wall', '-Werror', '-pthread', source, '-o', program])
  return program
}
