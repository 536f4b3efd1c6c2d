/** The control block and what stands beside it, as the programs read them: written from settings, read back as settings. */
import { type Settings, SLOT_NAMES } from '@ringside/protocol'
import type { Reading } from '../ingest/messages.ts'
import type { SourceHost } from '../source/source.ts'
import type { Buffers } from './buffers.ts'
import { changedWords, decodeControl, encodeControl } from './layout.ts'
import { withRoutes } from './routes.ts'
import { type Routes, recordOf } from './settings.ts'

export class ControlBlock {
  readonly #host: SourceHost
  readonly #buffers: Buffers
  readonly #agentPort: number

  constructor(host: SourceHost, buffers: Buffers, agentPort: number) {
    this.#host = host
    this.#buffers = buffers
    this.#agentPort = agentPort
  }

  /** Writes the words that differ. @param routes during a change of routes not those that are asked for */
  write(asked: Settings, routes: Routes): void {
    const wanted = encodeControl(withRoutes(asked, routes), {
      agentPid: this.#host.agentPid,
      agentPort: this.#agentPort,
      partBytes: this.#buffers.partBytes(),
    })
    for (const [offset, word] of changedWords(this.#host.readControl(), wanted)) this.#host.writeControl(offset, word)
  }

  /** @param reading as ingest was told last */
  read(asked: Settings, { order, processing }: Reading): Settings {
    return decodeControl(this.#host.readControl(), asked, {
      partBytes: this.#buffers.partBytes(),
      order,
      filters: this.#host.readFilters(),
      slots: recordOf(SLOT_NAMES, (slot, index) => ({
        capacityBytes: this.#buffers.capacity(slot),
        sharding: this.#buffers.sharding(slot) ?? asked.slots[slot].sharding,
        processing: processing[index] ?? 'stream',
      })),
    })
  }
}
