import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, describe as group, it } from 'vitest'
import { BENCHES, BUILDS, missingFor, pick, remarksFor } from '../bench/benches.mjs'
import { checkRow, describe, isMet, median } from '../bench/table.mjs'
import { ROOT } from '../lib/run.mjs'

const row = (changes) => ({
  title: 'a',
  unit: '×',
  goal: { max: 1 },
  values: [0.5, 0.9, 2],
  parts: [{ name: 'ours', unit: 'ns', values: [1, 2, 3] }],
  made: 1000,
  lost: 0,
  exact: true,
  ...changes,
})
const ready = { modules: true, root: true, btf: true, packages: [] }

group('[bench] what is run', () => {
  it('has a script behind each name', () => {
    for (const path of [...BENCHES.map(({ script }) => script), ...BUILDS])
      expect(existsSync(join(ROOT, path))).toBe(true)
  })

  it('picks by name, and all without one', () => {
    expect(pick([]).picked).toEqual(BENCHES)
    expect(pick(['idle', 'loss']).picked.map(({ name }) => name)).toEqual(['loss', 'idle'])
    expect(pick(['nothing']).unknown).toEqual(['nothing'])
  })

  it('names what is missing, with the mend', () => {
    expect(missingFor(BENCHES, ready)).toEqual([])
    const missing = missingFor(BENCHES, { ...ready, root: false, btf: false, packages: ['clang', 'llvm'] })
    expect(missing.map(({ mend }) => mend)).toEqual([
      'sudo npm run bench',
      'boot one that is built with CONFIG_DEBUG_INFO_BTF=y',
      'apt-get update && apt-get install clang llvm',
    ])
  })

  it('asks nothing of the kernel for what does not touch it', () => {
    const { picked } = pick(['encodings'])
    expect(missingFor(picked, { ...ready, root: false, btf: false, packages: ['clang'] })).toEqual([])
  })

  it('says that a busy host means less', () => {
    expect(remarksFor(BENCHES, { load: 0.1, cpus: 2 }, true)).toEqual([])
    expect(remarksFor(BENCHES, { load: 3, cpus: 2 }, true)).toHaveLength(1)
    expect(remarksFor(BENCHES, { load: 0.1, cpus: 2 }, false)[0]).toContain('linux-perf')
  })
})

group('[bench] what it says', () => {
  it('judges by the median, and loss by its worst round', () => {
    expect(isMet(row({}))).toBe(true)
    expect(isMet(row({ goal: { min: 1 } }))).toBe(false)
    expect(isMet(row({ goal: { below: 0.9 } }))).toBe(false)
    expect(isMet(row({ unit: 'lost', goal: { max: 0 }, values: [0, 0, 1] }))).toBe(false)
    expect(isMet(row({ goal: null }))).toBe(null)
  })

  it('tells the median of an even number of rounds', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  it('shows losses beside what was made, and the spread', () => {
    const text = describe([row({ lost: 7, lostThere: 9 })]).join('\n')
    expect(text).toContain('0.900 ×  [0.500 – 2]  ≤ 1 ×  met')
    expect(text).toContain('ours 2 ns · 1,000 events, 7 lost (9 by the reference) · ledger exact')
  })

  it('fails a row without a number, or whose ledger does not add up; never for a goal', () => {
    expect(checkRow(row({ values: [5] })).ok).toBe(true)
    expect(checkRow(row({ values: [] })).ok).toBe(false)
    expect(checkRow(row({ values: [Number.NaN] })).ok).toBe(false)
    expect(checkRow(row({ exact: false })).ok).toBe(false)
    expect(checkRow(row({ exact: null })).ok).toBe(true)
  })
})
