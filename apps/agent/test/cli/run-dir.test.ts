/** The run directory: made private, or taken as it is found, or refused; never changed for others. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeRunDir } from '../../src/cli/owner/run-dir.ts'

const UID = process.geteuid?.() ?? 0
let place: string
let folder: string

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'ringside-place-'))
  folder = join(place, 'a', 'b')
})
afterEach(() => rmSync(place, { recursive: true }))

const modeOf = (path: string) => statSync(path).mode & 0o7777

function found(mode: number): void {
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, mode)
}

it('is made for its user alone', () => {
  makeRunDir(folder, UID)
  expect(modeOf(folder)).toBe(0o700)
})

describe('one that is there already', () => {
  it.each(['700', '755', '750'])('is taken with its mode, %s', (octal) => {
    const mode = Number.parseInt(octal, 8)
    found(mode)
    makeRunDir(folder, UID)
    expect(modeOf(folder)).toBe(mode)
  })

  it.each(['1777', '777', '770'])('is refused, and left alone, when others may write it: %s', (octal) => {
    const mode = Number.parseInt(octal, 8)
    found(mode)
    expect(() => makeRunDir(folder, UID)).toThrow(
      `${folder} may be written by others; set RINGSIDE_RUN_DIR to a folder of yours, such as ${folder}/ringside`,
    )
    expect(modeOf(folder)).toBe(mode)
  })

  it('is refused when it belongs to somebody else', () => {
    found(0o755)
    expect(() => makeRunDir(folder, UID + 1)).toThrow(`${folder} belongs to user ${UID}; set RINGSIDE_RUN_DIR`)
    expect(modeOf(folder)).toBe(0o755)
  })

  it('is refused when it is a link', () => {
    found(0o700)
    const link = join(place, 'link')
    symlinkSync(folder, link)
    expect(() => makeRunDir(link, UID)).toThrow(`${link} is not a folder`)
  })

  it('is refused in words when it is a file', () => {
    const file = join(place, 'file')
    writeFileSync(file, '')
    expect(() => makeRunDir(file, UID)).toThrow('set RINGSIDE_RUN_DIR to a folder of yours')
  })
})
