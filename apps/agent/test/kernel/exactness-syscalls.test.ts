/**
 * A busy loop of real system calls whose number is known by process: dd copies N bytes one by one, so that N reads and
 * N writes return 1.
 */
import { spawn } from 'node:child_process'
import { EVENT_TYPES, TRANSPORTS } from '@ringside/protocol'
import { expect, test } from 'vitest'
import { ABI } from '../../src/source/abi.ts'
import { Reading, total, totalOf } from './support/reading.ts'

const TIMEOUT_MS = 60_000
const COPIES = 250_000
/** Room for every record, so that the count does not hang on how fast this machine reads. */
const ROOMY_BYTES = 64 * 1024 * 1024
const TIGHT_BYTES = 256 * 1024
const [READ, WRITE] = [0, 1]

const { rs_task, rs_syscall } = ABI.structs
/** The first bytes of a name "dd": before exec, the process is still one of Node, and calls as Node does. */
const DD_COMM = 0x6464
const COMM_WORD = (rs_syscall.members.task + rs_task.members.comm) / 4
const PID_WORD = (rs_syscall.members.task + rs_task.members.pid) / 4
const RESULT_WORD = rs_syscall.members.result / 4
const NR_WORD = rs_syscall.members.nr / 4

/** Copies with dd while reading, and counts its calls that returned 1, by number. */
async function copyAndCount(reading: Reading): Promise<Map<number, number>> {
  const dd = spawn('dd', ['if=/dev/zero', 'of=/dev/null', 'bs=1', `count=${COPIES}`, 'status=none'])
  const calls = new Map<number, number>()
  reading.onChunk = (words, good) => {
    for (let index = 0; index < good; index += 1) {
      const at = reading.scanner.at[index] as number
      if (words[at + PID_WORD] !== dd.pid || words[at + COMM_WORD] !== DD_COMM) continue
      if (words[at + RESULT_WORD] !== 1 || words[at + RESULT_WORD + 1] !== 0) continue
      const nr = words[at + NR_WORD] as number
      calls.set(nr, (calls.get(nr) ?? 0) + 1)
    }
  }
  let code: number | null = null
  dd.once('exit', (status) => {
    code = status ?? -1
  })
  await reading.until(() => code !== null)
  expect(code, 'exit code of dd').toBe(0)
  return calls
}

test.each(TRANSPORTS)(
  '[L1 L2 L3 L6] every system call of a busy process is found, once (%s)',
  {
    timeout: TIMEOUT_MS,
  },
  async (transport) => {
    const reading = await Reading.open({ transport, bytes: ROOMY_BYTES, also: { [EVENT_TYPES.syscall]: 'on_syscall' } })
    try {
      const calls = await copyAndCount(reading)
      const { laws, ledger } = await reading.account()
      expect(laws.map((law) => law.difference)).toEqual([0, 0, 0, 0])
      expect(total(ledger.dropped), 'dropped').toBe(0)
      expect(reading.generator.missed('on_syscall') ?? 0, 'missed').toBe(0)
      expect(calls.get(READ), 'reads').toBe(COPIES)
      expect(calls.get(WRITE), 'writes').toBe(COPIES)
    } finally {
      reading.close()
    }
  },
)

test.each(TRANSPORTS)(
  '[L1 L2 L3 L6] what a small buffer loses of them is accounted for (%s)',
  {
    timeout: TIMEOUT_MS,
  },
  async (transport) => {
    const reading = await Reading.open({ transport, bytes: TIGHT_BYTES, also: { [EVENT_TYPES.syscall]: 'on_syscall' } })
    try {
      const calls = await copyAndCount(reading)
      const { laws, ledger, scanner } = await reading.account()
      expect(laws.map((law) => law.difference)).toEqual([0, 0, 0, 0])
      expect(total(scanner.sequence.inversions), 'inversions').toBe(0)
      const found = (calls.get(READ) ?? 0) + (calls.get(WRITE) ?? 0)
      const lost = 2 * COPIES - found
      expect(lost, 'more found than made').toBeGreaterThanOrEqual(0)
      expect(lost, 'lost of dd, and of all').toBeLessThanOrEqual(totalOf(ledger.dropped, EVENT_TYPES.syscall))
    } finally {
      reading.close()
    }
  },
)
