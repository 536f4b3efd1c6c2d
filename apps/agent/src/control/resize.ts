/**
 * The swap of one slot's buffer under load: create → ingest adopts → install → told swapped. The order is what makes it
 * lossless: ingest must know the new buffer before the first record can stand in it, and the install, which waits for
 * programs that still hold the old one, must not run on the thread that drains it. A slot that had none gets its first
 * one in the same way.
 */
import { formatBytes } from '@ringside/protocol'
import type { ToIngest } from '../ingest/messages.ts'
import { codeOf, messageOf, type Problem } from '../problem.ts'
import type { Buffer, BufferWish, SourceHost } from '../source/source.ts'

/** The controller's line to the ingest thread. */
export interface IngestLink {
  tell(message: ToIngest): void
  /** Sends a message that ingest answers with `adopted`. Rejects when the thread has ended or does not answer in 5 s. */
  ask(messageOf: (request: number) => ToIngest): Promise<void>
}

export type BufferHost = Pick<SourceHost, 'createBuffer' | 'installBuffer' | 'removeBuffer' | 'closeBuffer'>
export type Made = { ok: true; buffer: Buffer } | { ok: false; problem: Problem }

/** @returns a problem after which nothing is different */
export async function makeBuffer(host: BufferHost, slot: number, wish: BufferWish): Promise<Made> {
  try {
    return { ok: true, buffer: await host.createBuffer(wish.bytes, wish.sharding, slot) }
  } catch (thrown) {
    return { ok: false, problem: creationProblem(thrown, wish.bytes) }
  }
}

/**
 * @param beforeInstall runs when the new buffer is about to receive records
 * @returns a problem after which what was in the slot works as before, and the new buffer is closed; null: it is in the slot
 */
export async function installBuffer(
  host: BufferHost,
  ingest: IngestLink,
  slot: number,
  { handle, parts }: Buffer,
  beforeInstall: () => void,
): Promise<Problem | null> {
  try {
    await ingest.ask((request) => ({ type: 'adopt', slot, buffer: { handle, parts }, request }))
    beforeInstall()
    await host.installBuffer(slot, handle)
  } catch (thrown) {
    await ingest.ask((request) => ({ type: 'abandoned', slot, request })).catch(() => undefined)
    host.closeBuffer(handle)
    const message = `the new buffer could not be put into its slot: ${messageOf(thrown)}`
    return { code: 'failed', message, hint: `${KEPT} Try again.` }
  }
  ingest.tell({ type: 'swapped', slot })
  return null
}

const KEPT = 'All goes on as before.'

function creationProblem(thrown: unknown, bytes: number): Problem {
  const message = `no buffer of ${formatBytes(bytes)}: ${messageOf(thrown)}`
  switch (codeOf(thrown)) {
    case 'ENOMEM':
      return { code: 'memory', message, hint: `${KEPT} Take a smaller size, or raise the memory limit of the agent.` }
    case 'EPERM':
      return { code: 'denied', message, hint: `${KEPT} The agent needs CAP_BPF; \`ringside doctor\` tells more.` }
    default:
      return { code: 'failed', message, hint: `${KEPT} \`ringside doctor\` tells what this host can do.` }
  }
}
