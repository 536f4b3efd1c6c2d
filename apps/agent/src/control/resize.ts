/**
 * The swap of one slot's ring under load: create → ingest adopts → install → told swapped. The order is what makes it
 * lossless: ingest must know the new ring before the first record can stand in it, and the install, which waits for
 * programs that still hold the old ring, must not run on the thread that drains it.
 */
import { formatBytes } from '@ringside/protocol'
import type { ToIngest } from '../ingest/messages.ts'
import { codeOf, messageOf, type Problem } from '../problem.ts'
import type { SourceHost } from '../source/source.ts'

/** The controller's line to the ingest thread. */
export interface IngestLink {
  tell(message: ToIngest): void
  /** Sends a message that ingest answers with `adopted`. Rejects when the thread has ended or does not answer in 5 s. */
  ask(messageOf: (request: number) => ToIngest): Promise<void>
}

export type RingHost = Pick<SourceHost, 'createRing' | 'installRing' | 'closeRing'>
export type SwapResult = { ok: true; handle: number; capacityBytes: number } | { ok: false; problem: Problem }

/**
 * @param beforeInstall runs when the new ring is about to receive records
 * @returns a problem after which the old ring works as before, or the ring now in the slot
 */
export async function swapRing(
  host: RingHost,
  ingest: IngestLink,
  slot: number,
  bytes: number,
  beforeInstall: () => void,
): Promise<SwapResult> {
  let ring: { handle: number; capacityBytes: number }
  try {
    ring = await host.createRing(bytes)
  } catch (thrown) {
    return { ok: false, problem: creationProblem(thrown, bytes) }
  }
  try {
    await ingest.ask((request) => ({ type: 'adopt', slot, handle: ring.handle, request }))
    beforeInstall()
    await host.installRing(slot, ring.handle)
  } catch (thrown) {
    await ingest.ask((request) => ({ type: 'abandoned', slot, request })).catch(() => undefined)
    host.closeRing(ring.handle)
    const message = `the new buffer could not take the old one's place: ${messageOf(thrown)}`
    return { ok: false, problem: { code: 'failed', message, hint: 'The old buffer goes on working. Try again.' } }
  }
  ingest.tell({ type: 'swapped', slot })
  return { ok: true, ...ring }
}

function creationProblem(thrown: unknown, bytes: number): Problem {
  const kept = 'The old buffer goes on working.'
  const message = `no buffer of ${formatBytes(bytes)}: ${messageOf(thrown)}`
  switch (codeOf(thrown)) {
    case 'ENOMEM':
      return { code: 'memory', message, hint: `${kept} Take a smaller size, or raise the memory limit of the agent.` }
    case 'EPERM':
      return { code: 'denied', message, hint: `${kept} The agent needs CAP_BPF; \`ringside doctor\` tells more.` }
    default:
      return { code: 'failed', message, hint: `${kept} \`ringside doctor\` tells what this host can do.` }
  }
}
