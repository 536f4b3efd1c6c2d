/** Names of numbers: spot checks against the kernel's headers, and what happens to a number without a name. */
import { describe, expect, it } from 'vitest'
import { errnoName, isErrno } from '../src/tables/errnos.ts'
import { protocolName, tcpFlagNames, tcpStateName } from '../src/tables/network.ts'
import { openFlagNames, signalName } from '../src/tables/process.ts'
import { syscallName } from '../src/tables/syscalls.ts'

describe('tables', () => {
  it.each([
    [0, 'read'],
    [59, 'execve'],
    [110, 'getppid'],
    [231, 'exit_group'],
    [257, 'openat'],
    [334, 'rseq'],
    [424, 'pidfd_send_signal'],
    [435, 'clone3'],
    [462, 'mseal'],
    [400, 'sys_400'],
    [0x4000_0001, 'sys_1073741825'],
  ])('system call %d is %s', (nr, name) => {
    expect(syscallName(nr, false)).toBe(name)
  })

  it.each([
    [0, 'restart_syscall'],
    [3, 'read'],
    [11, 'execve'],
    [64, 'getppid'],
    [295, 'openat'],
    [403, 'clock_gettime64'],
    [435, 'clone3'],
    [222, 'sys_222'],
  ])('32-bit system call %d is %s', (nr, name) => {
    expect(syscallName(nr, true)).toBe(name)
  })

  it.each([
    [1, 'EPERM'],
    [2, 'ENOENT'],
    [11, 'EAGAIN'],
    [36, 'ENAMETOOLONG'],
    [110, 'ETIMEDOUT'],
    [133, 'EHWPOISON'],
    [41, 'errno 41'],
    [512, 'ERESTARTSYS'],
    [516, 'ERESTART_RESTARTBLOCK'],
    [4000, 'errno 4000'],
  ])('error %d is %s', (number, name) => {
    expect(errnoName(number)).toBe(name)
  })

  it('only the last page below zero holds errors', () => {
    expect([0, 5, -1, -4095, -4096].map(isErrno)).toEqual([false, false, true, true, false])
  })

  it('signals, with the core-dump bit', () => {
    expect([0, 1, 9, 11, 31, 34, 64, 0x86].map(signalName)).toEqual([
      '',
      'SIGHUP',
      'SIGKILL',
      'SIGSEGV',
      'SIGSYS',
      'SIGRTMIN+0',
      'SIGRTMIN+30',
      'SIGABRT (core dumped)',
    ])
  })

  it('open flags, larger ones before their parts', () => {
    expect(openFlagNames(0)).toBe('O_RDONLY')
    expect(openFlagNames(0o20200002)).toBe('O_RDWR|O_TMPFILE')
    expect(openFlagNames(0o4010001)).toBe('O_WRONLY|O_SYNC')
    expect(openFlagNames(0o2200000)).toBe('O_RDONLY|O_DIRECTORY|O_CLOEXEC')
    expect(openFlagNames(0x8000_0000)).toBe('O_RDONLY|0x80000000')
  })

  it('the network', () => {
    expect([1, 7, 10, 12, 0].map(tcpStateName)).toEqual(['ESTABLISHED', 'CLOSE', 'LISTEN', 'NEW_SYN_RECV', 'state 0'])
    expect(tcpFlagNames(0x12)).toBe('SYN,ACK')
    expect(tcpFlagNames(0)).toBe('')
    expect([6, 17, 58, 200].map(protocolName)).toEqual(['TCP', 'UDP', 'ICMPv6', 'protocol 200'])
  })
})
