/** Breaks each rule of the architecture on purpose, in files that exist only here, and sees the check fail. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { IMPURE_GLOBALS, ROOMS } from '../imports/rules.mjs'
import { violationsOf } from '../imports/violations.mjs'
import { ROOT } from '../lib/run.mjs'

/** One file for each kind of pure part. */
const PURE_FILES = [
  'packages/protocol/src/fake.ts',
  'apps/agent/src/aggregate/fake.ts',
  'apps/agent/src/health/laws.ts',
  'apps/agent/src/ingest/decode.ts',
  'apps/agent/src/ingest/sequence.ts',
  'apps/agent/src/ingest/pace.ts',
  'apps/agent/src/source/abi.ts',
  'apps/agent/src/control/rules.ts',
  'apps/web/connection/state.ts',
  'apps/web/store/matches.ts',
]

const importOf = (from, to) => `import { x } from './${posix.relative(from, `${to}/y.ts`)}'\nx()\n`
const isOwnPackage = (room, other) => room.startsWith('packages/') && other.startsWith(`${room}/`)

describe.each(ROOMS)('[imports] $room', ({ room, may }) => {
  const forbidden = ROOMS.map((one) => one.room).filter(
    (other) => other !== room && !may.includes(other) && !isOwnPackage(room, other),
  )

  it('may import what its row lists', () => {
    const rooms = may.filter((one) => !one.endsWith('.ts'))
    for (const other of rooms) expect(violationsOf(`${room}/fake.ts`, importOf(room, other)), other).toEqual([])
  })

  it('fails the check when it imports any other room', () => {
    for (const other of forbidden) expect(violationsOf(`${room}/fake.ts`, importOf(room, other)), other).toHaveLength(1)
  })
})

describe.each(ROOMS.filter(({ node }) => !node))('[imports] $room runs outside Node too', ({ room }) => {
  it("fails the check when it imports one of Node's modules", () => {
    expect(violationsOf(`${room}/fake.ts`, "import 'node:fs'\n")).toHaveLength(1)
    expect(violationsOf(`${room}/fake.ts`, "import 'fs'\n")).toHaveLength(1)
  })
})

describe('[imports] by name and in every form', () => {
  const serve = 'apps/agent/src/serve/fake.ts'

  it.each([
    "import type { Ring } from '@ringside/native'",
    "export * from '@ringside/native'",
    "const native = await import('@ringside/native')",
    "type Ring = import('@ringside/native').Ring",
    "const native = require('@ringside/native')",
    "new Worker(new URL('../source/kernel/feed.js', import.meta.url))",
  ])('fails the check on %s', (text) => {
    expect(violationsOf(serve, text)).toHaveLength(1)
  })

  it('fails the check when the binding includes the record contract', () => {
    expect(violationsOf('packages/native/src/ring.cc', '#include "../../bpf/include/abi.h"\n')).toHaveLength(1)
    expect(violationsOf('packages/native/src/ring.cc', '#include <abi.h>\n')).toHaveLength(1)
  })

  it('fails the check for a file that is in no room', () => {
    expect(violationsOf('elsewhere/fake.ts', '')).toHaveLength(1)
  })

  it('takes a comment or a string for what it is', () => {
    expect(violationsOf(serve, "// import '@ringside/native'\nconst a = \"import '@ringside/native'\"\n")).toEqual([])
  })
})

describe.each(PURE_FILES)('[pure] %s', (path) => {
  it('fails the check when it asks the time, logs, or does anything else that is impure', () => {
    for (const name of IMPURE_GLOBALS) expect(violationsOf(path, `export const x = ${name}\n`), name).toHaveLength(1)
  })

  it("fails the check when it imports one of Node's modules", () => {
    expect(violationsOf(path, "import { readFileSync } from 'node:fs'\n")).toHaveLength(1)
  })

  it('may have members of such names', () => {
    expect(violationsOf(path, 'export const x = { process: 1 }.process\n')).toEqual([])
  })
})

describe('[imports] the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringside-imports-'))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('exits 1 and names file and line when a rule is broken', () => {
    const path = 'apps/agent/src/serve/broken.ts'
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), "\nimport '../source/source.ts'\n")
    spawnSync('git', ['init', '-q'], { cwd: folder })
    const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'scripts/check-imports.mjs'), folder], {
      encoding: 'utf8',
    })
    expect(stdout).toContain(`${path}:2 imports ../source/source.ts`)
    expect(status).toBe(1)
  })
})
