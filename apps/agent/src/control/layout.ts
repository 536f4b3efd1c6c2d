/**
 * Settings ↔ the bytes of struct rs_control (packages/bpf/include/abi.h). Pure: it knows neither who writes the bytes
 * nor where they stand. Offsets are proved against the header by a test.
 */
import { EVENT_TYPES, RATE_ALL, type Settings, SLOT_NAMES, type SlotName, thresholdOf } from '@ringside/protocol'
import { CRITICAL_SLOT, recordOf, TYPE_NAMES } from './settings.ts'

export const CONTROL = {
  bytes: 776,
  agentPid: 0,
  agentPort: 4,
  paused: 6,
  type: { at: 8, stride: 8, enabled: 0, slot: 1 },
  slot: { at: 136, stride: 16, backpressure: 0, shedAbove: 4, shedBelow: 8, wakeBytes: 12 },
  rate: { at: 264, stride: 64 },
} as const

/** RS_TYPES and RS_SLOTS of the contract. */
const TYPES = 16
const SLOTS = 8
/** Shedding ends at this share of the fill where it started: without a gap between the two it would flap. */
const RELEASE_SHARE = 0.75
/** A reader that sleeps is woken when this share of its buffer is filled … */
const WAKE_SHARE = 1 / 8
/** … and in the critical slot by the first byte, since latency matters there. */
const WAKE_AT_ONCE = 1

/** What the words depend on beside the settings. */
export interface ControlFacts {
  agentPid: number
  agentPort: number
  /** Bytes that the thresholds of fill refer to; during a resize the smaller of the two rings. */
  capacities: Readonly<Record<SlotName, number>>
}

export function encodeControl(settings: Settings, facts: ControlFacts): Uint8Array {
  const block = new Uint8Array(CONTROL.bytes)
  const view = new DataView(block.buffer)
  view.setUint32(CONTROL.agentPid, settings.showSelf ? 0 : facts.agentPid, true)
  view.setUint16(CONTROL.agentPort, settings.showSelf ? 0 : facts.agentPort, true)
  view.setUint16(CONTROL.paused, settings.paused ? 1 : 0, true)
  for (const name of TYPE_NAMES) {
    const at = CONTROL.type.at + EVENT_TYPES[name] * CONTROL.type.stride
    view.setUint8(at + CONTROL.type.enabled, settings.types[name].enabled ? 1 : 0)
    view.setUint8(at + CONTROL.type.slot, SLOT_NAMES.indexOf(settings.types[name].slot))
  }
  for (const [index, name] of SLOT_NAMES.entries()) {
    const words = slotWords(name, settings.slots[name].watermark, facts.capacities[name])
    const at = CONTROL.slot.at + index * CONTROL.slot.stride
    view.setUint32(at + CONTROL.slot.backpressure, settings.slots[name].backpressure ? 1 : 0, true)
    view.setUint32(at + CONTROL.slot.shedAbove, words.shedAbove, true)
    view.setUint32(at + CONTROL.slot.shedBelow, words.shedBelow, true)
    view.setUint32(at + CONTROL.slot.wakeBytes, words.wakeBytes, true)
  }
  for (let slot = 0; slot < SLOTS; slot += 1) {
    for (let type = 0; type < TYPES; type += 1) view.setUint32(rateAt(slot, type), RATE_ALL, true)
    if (SLOT_NAMES[slot] === CRITICAL_SLOT) continue
    for (const name of TYPE_NAMES) {
      view.setUint32(rateAt(slot, EVENT_TYPES[name]), thresholdOf(settings.types[name].rate), true)
    }
  }
  return block
}

/**
 * The settings that a control block stands for. A share is stored as a whole number, so that reading it gives a
 * neighbour of what was written: where the stored word is what `asked` encodes to, the asked value is given back.
 */
export function decodeControl(
  block: Uint8Array,
  capacities: Readonly<Record<SlotName, number>>,
  asked: Settings,
): Settings {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  return {
    paused: view.getUint16(CONTROL.paused, true) !== 0,
    showSelf: view.getUint32(CONTROL.agentPid, true) === 0 && view.getUint16(CONTROL.agentPort, true) === 0,
    slots: recordOf(SLOT_NAMES, (name, index) => {
      const at = CONTROL.slot.at + index * CONTROL.slot.stride
      const shedAbove = view.getUint32(at + CONTROL.slot.shedAbove, true)
      const wanted = asked.slots[name].watermark
      const same = slotWords(name, wanted, capacities[name]).shedAbove === shedAbove
      return {
        capacityBytes: capacities[name],
        backpressure: view.getUint32(at + CONTROL.slot.backpressure, true) !== 0,
        watermark: same ? wanted : Math.min(1, shedAbove / capacities[name]),
      }
    }),
    types: recordOf(TYPE_NAMES, (name) => {
      const at = CONTROL.type.at + EVENT_TYPES[name] * CONTROL.type.stride
      const slot = view.getUint8(at + CONTROL.type.slot)
      const threshold = view.getUint32(rateAt(slot, EVENT_TYPES[name]), true)
      const wanted = asked.types[name].rate
      return {
        enabled: view.getUint8(at + CONTROL.type.enabled) !== 0,
        slot: SLOT_NAMES[slot] ?? asked.types[name].slot,
        rate: thresholdOf(wanted) === threshold ? wanted : rateOf(threshold),
      }
    }),
  }
}

/** The 4-byte words in which two blocks differ, as [offset, bytes of the second]. */
export function changedWords(before: Uint8Array, after: Uint8Array): [number, Uint8Array][] {
  const changed: [number, Uint8Array][] = []
  for (let at = 0; at < after.length; at += 4) {
    const word = after.subarray(at, at + 4)
    if (word.some((byte, index) => byte !== before[at + index])) changed.push([at, word])
  }
  return changed
}

/** The share of events that a sampling threshold keeps. */
function rateOf(threshold: number): number {
  return threshold === RATE_ALL ? 1 : threshold / 2 ** 32
}

function rateAt(slot: number, type: number): number {
  return CONTROL.rate.at + slot * CONTROL.rate.stride + type * 4
}

function slotWords(slot: SlotName, watermark: number, capacity: number) {
  const shedAbove = watermark === 0 ? 0 : Math.max(1, Math.round(watermark * capacity))
  return {
    shedAbove,
    shedBelow: Math.floor(shedAbove * RELEASE_SHARE),
    wakeBytes: slot === CRITICAL_SLOT ? WAKE_AT_ONCE : Math.floor(capacity * WAKE_SHARE),
  }
}
