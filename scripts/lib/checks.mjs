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
    ...workspaces()
      .filter(hasTypes)
      .map((workspace) => typesOf(join(workspace, 'tsconfig.json'))),
    typesOf('tsconfig.test.json'),
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

function typesOf(config) {
  return {
    name: `types of ${config.replace(/\/tsconfig.json$/, '')}`,
    command: bin('tsc'),
    args: ['-p', config, '--noEmit'],
    mend: `npx tsc -p ${config} --noEmit`,
  }
}
