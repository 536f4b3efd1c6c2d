import type { Command } from '@ringside/protocol'
import { describe, expect, it } from 'vitest'
import { wordsOf } from '../view/control/command-words.ts'
import { samplingEffect, shardingEffect, slotLoad, typeLoad } from '../view/control/effects.ts'
import { makeFates, makeHealth } from './make-health.ts'

describe('a command in words', () => {
  it.each<[Command, string, string]>([
    [{ op: 'resize', slot: 'debug', bytes: 1 << 24 }, 'capacity of debug', '16 MiB'],
    [{ op: 'shard', slot: 'hot', sharding: 'cpu' }, 'parts of hot', 'one per CPU'],
    [{ op: 'layout', preset: 'hot-cold' }, 'routes', 'hot and cold'],
    [{ op: 'routes', routes: [{ eventType: 'exec', slot: 'file' }] }, 'buffer of exec', 'file'],
    [{ op: 'filters', rules: [] }, 'filter in the kernel', 'everything'],
    [{ op: 'mode', eventType: 'packet', mode: 'aggregate' }, 'counting of packet', 'count only'],
    [{ op: 'order', mode: 'cpu', windowMs: 0 }, 'order', 'as read, per CPU'],
  ])('%j', (command, what, to) => {
    expect(wordsOf(command)).toEqual({ what, to })
  })
})

describe('what a change would do', () => {
  const healths = [
    makeHealth(1, { fates: [makeFates({ seen: 0 })] }),
    makeHealth(2, { fates: [makeFates({ seen: 1_000, filtered: 200, aggregated: 300 })] }),
  ]

  it('is told for what reaches the sampling: neither filtered nor only counted', () => {
    expect(slotLoad(healths, 'debug')).toMatchObject({ seen: 1_000, offered: 500 })
    const load = typeLoad(healths, 'syscall', 'debug')
    expect(samplingEffect('syscall', 0.1, 1, load, 1)).toBe('keeps 1 of 10 syscall: 50 instead of 500/s')
  })

  it('counts in what the buffer samples as well', () => {
    const load = { seen: 1_000, offered: 1_000, submitted: 0, recordBytes: null }
    expect(samplingEffect('syscall', 0.1, 1, load, 0.5)).toBe(
      'keeps 1 of 10 syscall, of which the buffer keeps 1 of 2: 50 instead of 500/s',
    )
  })

  it('of parts names the CPUs', () => {
    expect(shardingEffect('cpu', 2)).toContain('each of 2 CPUs')
  })
})
