/** Which cause is told when the programs cannot be loaded. No kernel needed. */
import { NativeError } from '@ringside/native'
import { describe, expect, test } from 'vitest'
import { readAbilities } from '../../src/source/kernel/abilities.ts'
import {
  countsMissedRuns,
  type HostFacts,
  isRealtime,
  lockdownOf,
  missingCapabilities,
  versionOf,
} from '../../src/source/kernel/facts.ts'
import { KernelError } from '../../src/source/kernel/kernel-error.ts'
import { explainLoadFailure } from '../../src/source/kernel/load-failure.ts'

const GOOD: HostFacts = {
  kernel: '6.1.0-28-amd64',
  version: [6, 1],
  machine: 'x64',
  realtime: false,
  btf: true,
  missingCapabilities: [],
  lockdown: 'none',
  unprivilegedDisabled: 2,
}

function native(code: string, operation = 'load', log = ''): NativeError {
  return new NativeError(code, 1, operation, 'refused', '', log)
}

describe('[LIF-6] a failure of loading', () => {
  test.each<[string, NativeError, Partial<HostFacts>]>([
    ['EOBJECT', native('ENOENT', 'open /x/ringside.bpf.o'), {}],
    ['EMACHINE', native('EINVAL'), { machine: 'arm64' }],
    ['EKERNEL', native('EINVAL'), { version: [5, 4], kernel: '5.4.0' }],
    ['EKERNEL', native('EINVAL'), { version: [5, 9], kernel: '5.9.1' }],
    ['EPRIVILEGE', native('EPERM'), { missingCapabilities: ['CAP_BPF'] }],
    ['EPRIVILEGE', native('EPERM'), {}],
    ['EPRIVILEGE', native('EPERM', 'map a perf buffer of 4096 bytes on CPU 0'), {}],
    ['EBTF', native('ESRCH'), { btf: false }],
    ['ELOCKDOWN', native('EPERM'), { lockdown: 'confidentiality' }],
    ['EMEMORY', native('ENOMEM'), {}],
    ['EVERIFIER', native('EACCES', 'load', 'invalid mem access\nprocessed 7 insns'), {}],
    ['ELOAD', native('EIO'), {}],
  ])('%s says what is missing', (code, thrown, facts) => {
    const error = explainLoadFailure(thrown, { ...GOOD, ...facts })
    expect(error).toBeInstanceOf(KernelError)
    expect(error.code).toBe(code)
    expect(error.message).not.toBe('')
    if (code !== 'ELOAD') expect(error.hint).not.toBe('')
  })

  test('[D14] of ring buffers that are too new for the kernel sends to perf buffers', () => {
    const old: HostFacts = { ...GOOD, version: [5, 8], kernel: '5.8.0' }
    expect(explainLoadFailure(native('EINVAL'), old, 'ring').hint).toContain('--transport perf')
    expect(explainLoadFailure(native('EINVAL'), old, 'perf').code).not.toBe('EKERNEL')
    const older: HostFacts = { ...GOOD, version: [5, 4], kernel: '5.4.0' }
    expect(explainLoadFailure(native('EINVAL'), older, 'perf')).toMatchObject({
      code: 'EKERNEL',
      hint: expect.stringContaining('5.5'),
    })
  })

  test('keeps the log of the verifier', () => {
    expect(explainLoadFailure(native('EINVAL', 'load', 'R0 !read_ok\nprocessed 7 insns'), GOOD).log).toContain('R0')
  })

  test('is explained once', () => {
    const error = new KernelError('EBTF', 'no BTF', 'boot another')
    expect(explainLoadFailure(error, GOOD)).toBe(error)
    expect(explainLoadFailure(new Error('odd'), GOOD)).toMatchObject({ code: 'ELOAD', message: 'odd' })
  })
})

describe('[LIF-6] facts of the host', () => {
  test('are read from what the kernel writes', () => {
    expect(versionOf('5.10.0-33-amd64')).toEqual([5, 10])
    expect(lockdownOf('none integrity [confidentiality]\n')).toBe('confidentiality')
    expect(lockdownOf('[none] integrity confidentiality\n')).toBe('none')
    expect(missingCapabilities('CapEff:\t000001ffffffffff\n')).toEqual([])
    expect(missingCapabilities('CapEff:\t0000000000000000\n')).toEqual(['CAP_BPF', 'CAP_PERFMON'])
    expect(missingCapabilities('CapEff:\t0000008000000000\n')).toEqual(['CAP_PERFMON'])
    expect(missingCapabilities('CapEff:\t0000000000200000\n')).toEqual([])
  })

  test('that cannot be read are unknown', () => {
    expect([lockdownOf(null), lockdownOf('')]).toEqual(['unknown', 'unknown'])
    const lockdown = readAbilities({ ...GOOD, lockdown: 'unknown' }).find(({ id }) => id === 'lockdown')
    expect(lockdown).toMatchObject({ ok: true, detail: expect.stringContaining('cannot be read') })
  })

  test('[D8] a PREEMPT_RT kernel is told, since strict nesting is not proved there', () => {
    const version = '#1 SMP PREEMPT_RT Debian 6.1.115-1 (2024-11-01)'
    expect([isRealtime(version), isRealtime(version.replace('_RT', '_DYNAMIC'))]).toEqual([true, false])
    const nesting = readAbilities({ ...GOOD, realtime: true }).find(({ id }) => id === 'nesting')
    expect(nesting?.detail).toContain('not proved on this kernel')
  })

  test('[ACC-13] skipped runs are unknown before 6.1', () => {
    expect(
      [versionOf('5.10.1'), versionOf('6.0.9'), versionOf('6.1.0'), versionOf('7.0')].map((version) =>
        countsMissedRuns({ version }),
      ),
    ).toEqual([false, false, true, true])
  })

  test('a mend stands only where something is wrong', () => {
    expect(readAbilities(GOOD).filter(({ ok, mend }) => !ok || mend !== '')).toEqual([])
    const bad = readAbilities({
      ...GOOD,
      version: [4, 19],
      machine: 'arm64',
      btf: false,
      lockdown: 'confidentiality',
      missingCapabilities: ['CAP_BPF'],
    })
    const wrong = bad.filter(({ ok }) => !ok)
    expect(wrong.map(({ id }) => id)).toEqual(['kernel', 'machine', 'btf', 'capabilities', 'lockdown'])
    expect(wrong.filter(({ mend }) => mend === '')).toEqual([])
  })
})
