/** The checks that read the source and run nothing: style, types, import rules, unused code. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './run.mjs'

const bin = (name) => join(ROOT, 'node_modules', '.bin', name)

/** One check counts as one test. @returns {{ name: string, command: string, args: string[], cwd?: string, mend: string }[]} */
export function checks() {
  return [
    {
      name: 'style (biome)',
      command: bin('biome'),
      args: ['check', '--error-on-warnings', '.'],
      mend: 'npx biome check --write .',
    },
    ...workspaces().filter(hasTypes).map(typesOf),
    {
      name: 'import rules',
      command: process.execPath,
      args: ['scripts/check-imports.mjs'],
      mend: 'node scripts/check-imports.mjs, and move the code or the table in scripts/imports/rules.mjs',
    },
    { name: 'unused code (knip)', command: bin('knip'), args: ['--no-progress'], mend: 'npx knip' },
  ]
}

export function workspaces() {
  const inside = (folder) => readdirSync(join(ROOT, folder)).map((name) => join(folder, name))
  return [...inside('packages'), ...inside('apps'), 'e2e']
}

function hasTypes(workspace) {
  return existsSync(join(ROOT, workspace, 'tsconfig.json'))
}

/** Sources and tests: a `tsconfig.test.json` holds what the build must not emit. */
function typesOf(workspace) {
  const config = existsSync(join(ROOT, workspace, 'tsconfig.test.json')) ? 'tsconfig.test.json' : 'tsconfig.json'
  return {
    name: `types of ${workspace}`,
    command: bin('tsc'),
    args: ['-p', join(workspace, config), '--noEmit'],
    mend: `npx tsc -p ${join(workspace, config)} --noEmit`,
  }
}
