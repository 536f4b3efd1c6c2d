/** Opens the changing half of a source. The native binding is loaded only when the kernel is asked. */
import type { TransportChoice } from './kernel/transport.ts'
import type { Buffer, BufferWish, SourceHost } from './source.ts'
import { SyntheticHost } from './synthetic/host.ts'

export type { TransportChoice } from './kernel/transport.ts'
export type SourceChoice = 'auto' | 'kernel' | 'synthetic'

export interface HostWish {
  /** auto: the kernel, or where that cannot be, the synthetic source with the reason. */
  source: SourceChoice
  /** Of the kernel source; the synthetic one has rings. */
  transport: TransportChoice
  /** Of the synthetic source. */
  seed: number
  eventsPerSecond: number
  /** The buffers at the start, by slot number; null: none. */
  buffers: readonly (BufferWish | null)[]
  /**
   * The control block that is in force before the first event.
   * @param buffers as they were made, by slot number; `host.feed().buffers` tells them too
   */
  control: (agentPid: number, buffers: readonly (Buffer | null)[]) => Uint8Array
}

export interface OpenedHost {
  host: SourceHost
  /** Why the source is synthetic although nobody asked for it. */
  reason: string | null
}

/** Why the kernel cannot be watched, and what mends it. */
export class SourceError extends Error {
  override readonly name = 'SourceError'
  readonly hint: string
  /** The end of the verifier's log, where it had a part in it. */
  readonly log: string

  constructor(message: string, hint: string, log = '') {
    super(message)
    this.hint = hint
    this.log = log
  }
}

const SYNTHETIC_CPUS = 4

/** @throws SourceError when the kernel was asked for and cannot be watched */
export async function openHost(wish: HostWish): Promise<OpenedHost> {
  if (wish.source === 'synthetic') return { host: openSynthetic(wish), reason: null }
  try {
    return { host: await openKernel(wish), reason: null }
  } catch (thrown) {
    const error = sourceError(thrown)
    if (wish.source === 'kernel') throw error
    const reason = [error.message, error.hint].filter((text) => text !== '').join(': ')
    return { host: openSynthetic(wish), reason }
  }
}

/** What was thrown while the kernel source was loaded or opened, as something that tells what to do. */
export function sourceError(thrown: unknown): SourceError {
  if (thrown instanceof SourceError) return thrown
  const { code, message, hint, log } = fieldsOf(thrown)
  const notBuilt = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_DLOPEN_FAILED'].includes(code)
  if (notBuilt) return new SourceError(`the native binding is not built (${message})`, 'npx turbo run build')
  return new SourceError(message, hint, log)
}

async function openKernel({ transport, buffers, control }: HostWish): Promise<SourceHost> {
  const { KernelHost } = await import('./kernel/host.ts')
  return KernelHost.open({ transport, buffers, control })
}

function openSynthetic({ seed, eventsPerSecond, buffers }: HostWish): SourceHost {
  return new SyntheticHost({ cpus: SYNTHETIC_CPUS, seed, eventsPerSecond, buffers })
}

function fieldsOf(thrown: unknown): Record<'code' | 'message' | 'hint' | 'log', string> {
  const fields: Record<string, unknown> = thrown instanceof Error ? { ...thrown, message: thrown.message } : {}
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '')
  return { code: text('code'), message: text('message') || String(thrown), hint: text('hint'), log: text('log') }
}
