/** The newest records that could not be decoded, as they came: opaque bytes, shown as hex. Bounded. Pure. */
import { type Malformed, SLOT_NAMES, type SlotName } from '@ringside/protocol'
import { ABI } from '../source/abi.ts'
import { type Malformation, placeWord, typeOf, versionOf } from './scan.ts'

const SAMPLES = 32
/** Kept of one record. */
const SAMPLE_BYTES = 1024
const HEADER_BYTES = ABI.structs.rs_header.bytes
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

interface Sample {
  timeMs: number
  slot: number
  typeNumber: number | null
  version: number | null
  cpu: number | null
  reason: Malformation
  size: number
  readonly bytes: Uint8Array
}

type Samples = Malformed['samples']

export class MalformedLog {
  total = 0
  readonly #timeMs: () => number
  /** A ring: the next one stands at `total` modulo its length. */
  readonly #samples: Sample[] = []
  #told = 0

  /** @param timeMs wall clock */
  constructor(timeMs: () => number) {
    this.#timeMs = timeMs
  }

  /** A MalformedListener. */
  readonly note = (words: Uint32Array, record: number, length: number, slot: number, reason: Malformation): void => {
    const place = this.total % SAMPLES
    const bytes = this.#samples[place]?.bytes ?? new Uint8Array(SAMPLE_BYTES)
    bytes.set(new Uint8Array(words.buffer, words.byteOffset + record * 4, Math.min(length, SAMPLE_BYTES)))
    this.#samples[place] = {
      timeMs: this.#timeMs(),
      slot,
      typeNumber: length >= 4 ? typeOf(words, record) : null,
      version: length >= 4 ? versionOf(words, record) : null,
      cpu: length >= HEADER_BYTES ? placeWord(words, record) & 0xffff : null,
      reason,
      size: length,
      bytes,
    }
    this.total += 1
  }

  /** The message, when there are new ones since the last call. */
  take(epoch: string, timeMs: number): Malformed | null {
    if (this.total === this.#told) return null
    this.#told = this.total
    return { type: 'malformed', epoch, timeMs, total: this.total, samples: this.#newestLast() }
  }

  #newestLast(): Samples {
    const oldest = this.total > SAMPLES ? this.total % SAMPLES : 0
    const ordered = [...this.#samples.slice(oldest), ...this.#samples.slice(0, oldest)]
    return ordered.map(({ bytes, slot, ...sample }) => ({
      ...sample,
      slot: SLOT_NAMES[slot] as SlotName,
      hex: hexOf(bytes.subarray(0, Math.min(sample.size, SAMPLE_BYTES))),
    }))
  }
}

function hexOf(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += HEX[byte]
  return hex
}
