/** Rules of the sources that no compiler checks: who may emit, and which kinds of programs may exist. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../', import.meta.url)

interface Source {
  file: string
  /** Without comments, so that a rule may be spoken of. */
  code: string
}

const sources: Source[] = ['include/', 'src/'].flatMap((folder) =>
  readdirSync(new URL(folder, root)).map((name) => ({
    file: folder + name,
    code: readFileSync(new URL(folder + name, root), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''),
  })),
)

function filesWith(pattern: RegExp): string[] {
  return sources.filter(({ code }) => pattern.test(code)).map(({ file }) => file)
}

function allMatches(pattern: RegExp): string[] {
  return sources.flatMap(({ code }) => [...code.matchAll(pattern)].map((match) => match[1] ?? match[0])).sort()
}

test('[D13] emit.h is the only file that reserves, submits, outputs or queries, over either transport', () => {
  expect(filesWith(/bpf_ringbuf_\w+|bpf_perf_event_output|bpf_dynptr_\w+/)).toEqual(['include/emit.h'])
})

test('[D13] the level is touched by level.h, and entered and left by emit.h alone', () => {
  expect(filesWith(/&depth\b|depth->level/)).toEqual(['include/level.h'])
  expect(filesWith(/\blevel_(enter|leave)\(/)).toEqual(['include/emit.h', 'include/level.h'])
})

test('[ACC-1] counters are written by the programs alone: in emit.h, admit.h and tables.h, never by a map call', () => {
  expect(filesWith(/fates->\w+(\+\+|,)|untabled\[/).sort()).toEqual([
    'include/abi.h',
    'include/admit.h',
    'include/emit.h',
    'include/tables.h',
  ])
  expect(filesWith(/bpf_map_(update|delete)_elem\(&?rows\b/)).toEqual([])
})

test('[ACC-1] the agent reads the rows and does nothing else with them', () => {
  const folder = new URL('../../apps/agent/src/source/kernel/', root)
  const uses = readdirSync(folder).flatMap((name) => [
    ...readFileSync(new URL(name, folder), 'utf8').matchAll(/#rows\.(\w+)/g),
  ])
  expect(new Set(uses.map((match) => match[1]))).toEqual(new Set(['read', 'close']))
})

test('[D8] no atomic is used for its result, which 5.10 refuses', () => {
  expect(filesWith(/__sync_fetch_and_(?!add)|__atomic_|__sync_(?!fetch)|[=(,]\s*__sync_fetch_and_add/)).toEqual([])
})

test('[D5] every program waits for RCU: none is sleepable, and none runs as a system call', () => {
  const sections = allMatches(/SEC\("([^"]+)"\)/g).filter((section) => !['.maps', 'license'].includes(section))
  expect(sections.filter((section) => !/^(tp_btf\/|raw_tp(\/|$))/.test(section))).toEqual([])
})

test('[D3] user space sees exactly the maps that the contract names', () => {
  expect(allMatches(/\b(\w+) SEC\("\.maps"\)/g)).toEqual(
    [
      ...[
        'control',
        'depth',
        'ended',
        'filters',
        'perf',
        'plan',
        'rows',
        'runs',
        'scratch',
        'sketches',
        'slots',
        'wake',
      ],
      ...['connections', 'heavy', 'windows'].flatMap((table) => [table, `${table}_0`, `${table}_1`]),
      ...['grace', 'grace_0'],
    ].sort(),
  )
  const mapped = sources
    .flatMap(({ code }) => code.split('struct {\n'))
    .filter((text) => text.includes('BPF_F_MMAPABLE'))
    .map((text) => /^} (\w+) SEC/m.exec(text)?.[1])
  expect(mapped.sort()).toEqual(['control', 'filters', 'plan', 'rows', 'sketches', 'wake'])
})

test('[D13] each file has as many submits as reserves, and as many commits as begins', () => {
  for (const { file, code } of sources.filter(({ file }) => file.startsWith('src/'))) {
    const count = (name: string) => code.split(`${name}(`).length - 1
    expect(count('emit_submit'), file).toBe(count('emit_reserve'))
    expect(count('emit_commit'), file).toBe(count('emit_begin'))
  }
})
