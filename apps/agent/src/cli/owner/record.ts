/** Who runs here: written beside the lock, so that `ringside status` and a second agent find the first. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'

const START_TIME_FIELD = 22

const ownerRecord = z.object({
  pid: z.int(),
  /** Start time of the process in clock ticks since boot: tells it from a later one with the same pid. */
  startTime: z.string(),
  port: z.int(),
  /** Address of the page, without the token. */
  url: z.string(),
  token: z.string(),
  version: z.string(),
  /** What the start's self-test of the kernel source said; null for another source. */
  selfTest: z.nullable(z.object({ ok: z.boolean(), text: z.string() })),
})
export type OwnerRecord = z.infer<typeof ownerRecord>

export function writeRecord(runDir: string, record: OwnerRecord): void {
  const file = recordFile(runDir)
  const draft = `${file}.${record.pid}`
  writeFileSync(draft, `${JSON.stringify(record)}\n`, { mode: 0o600 })
  renameSync(draft, file)
}

export function removeRecord(runDir: string): void {
  rmSync(recordFile(runDir), { force: true })
}

/** @returns null: nobody runs here, or what stands there is of a process that has ended */
export function readLiveRecord(runDir: string): OwnerRecord | null {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(recordFile(runDir), 'utf8'))
  } catch {
    return null
  }
  const parsed = ownerRecord.safeParse(json)
  return parsed.success && startTimeOf(parsed.data.pid) === parsed.data.startTime ? parsed.data : null
}

/** @returns null: there is no such process */
export function startTimeOf(pid: number): string | null {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return null
  }
  // The name, field 2, may hold spaces and parentheses itself: fields are counted from its end.
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return afterName[START_TIME_FIELD - 3] ?? null
}

function recordFile(runDir: string): string {
  return join(runDir, 'agent.json')
}
