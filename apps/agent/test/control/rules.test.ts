/** RSZ-1: which sizes a buffer may have, and what is said about the others. */
import { formatBytes } from '@ringside/protocol'
import { describe, expect, it } from 'vitest'
import { leastCapacity, sizeRefusal } from '../../src/control/rules.ts'
import { defaultSettings } from '../../src/control/settings.ts'

const KIB = 1024
const MIB = 1024 * KIB
const settings = defaultSettings()

describe('[RSZ-1] a size', () => {
  it.each([
    ['critical', 4 * KIB],
    ['normal', 4 * KIB],
    ['debug', 8 * KIB],
    ['debug', 64 * MIB],
  ] as const)('%s may have %i bytes', (slot, bytes) => {
    expect(sizeRefusal(slot, bytes, settings)).toBeNull()
  })

  it.each([
    ['debug', 5000, 'Take 8 KiB.'],
    ['debug', 12 * KIB, 'Take 8 KiB or 16 KiB.'],
    ['debug', 4 * KIB, 'Take 8 KiB.'],
    ['debug', 128 * MIB, 'Take 64 MiB.'],
    ['debug', 65 * MIB, 'Take 64 MiB.'],
    ['normal', 0, 'Take 4 KiB.'],
    ['normal', -4096, 'Take 4 KiB.'],
    ['normal', 2048, 'Take 4 KiB.'],
  ] as const)('%s may not have %i bytes: %s', (slot, bytes, hint) => {
    expect(sizeRefusal(slot, bytes, settings)).toMatchObject({ code: 'size', hint })
  })

  it('holds four of the largest records that are routed to it', () => {
    const routed = structuredClone(settings)
    routed.types.load.slot = 'normal'
    expect(formatBytes(leastCapacity('normal', routed))).toBe('8 KiB')
    expect(formatBytes(leastCapacity('debug', routed))).toBe('4 KiB')
  })
})
