/** How tests read unless they ask for something else: as the agent does by default. */
import { SLOT_NAMES } from '@ringside/protocol'
import type { Reading } from '../../src/ingest/messages.ts'

export const READING: Reading = {
  order: { mode: 'time', windowMs: 100 },
  processing: SLOT_NAMES.map(() => 'stream'),
}
