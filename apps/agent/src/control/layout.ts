/**
 * Settings ↔ the bytes of struct rs_control (packages/bpf/include/abi.h). Pure: it knows neither who writes the bytes
 * nor where they stand.
 */
import { EVENT_TYPES, RATE_ALL, type Settings, SLOT_NAMES, type SlotName, thresholdOf } from '@ringside/protocol'
import { ABI, LIMITS } from '../source/abi.ts'
import { CRITICAL_SLOT, recordOf, TYPE_NAMES } from './settings.ts'

const { rs_control, rs_type_control, rs_slot_control } = ABI.structs
const CONTROL = rs_control.members
const TYPE = rs_type_control.members
const SLOT = rs_slot_control.members
const RATE_BYTES = 4
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
  const block = new Uint8Array(rs_control.bytes)
  const view = new DataView(block.buffer)
  view.setUint32(CONTROL.agent_pid, settings.showSelf ? 0 : facts.agentPid, true)
  view.setUint16(CONTROL.agent_port, settings.showSelf ? 0 : facts.agentPort, true)
  view.setUint16(CONTROL.paused, settings.paused ? 1 : 0, true)
  for (const name of TYPE_NAMES) {
    const at = typeAt(EVENT_TYPES[name])
    view.setUint8(at + TYPE.enabled, settings.types[name].enabled ? 1 : 0)
    view.setUint8(at + TYPE.slot, SLOT_NAMES.indexOf(settings.types[name].slot))
  }
  for (const [index, name] of SLOT_NAMES.entries()) {
    const words = slotWords(name, settings.slots[name].watermark, facts.capacities[name])
    const at = slotAt(index)
    view.setUint32(at + SLOT.backpressure, settings.slots[name].backpressure ? 1 : 0, true)
    view.setUint32(at + SLOT.shed_above, words.shedAbove, true)
    view.setUint32(at + SLOT.shed_below, words.shedBelow, true)
    view.setUint32(at + SLOT.wake_bytes, words.wakeBytes, true)
  }
  for (let slot = 0; slot < LIMITS.slots; slot += 1) {
    for (let type = 0; type < LIMITS.types; type += 1) view.setUint32(rateAt(slot, type), RATE_ALL, true)
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
    showSelf: view.getUint32(CONTROL.agent_pid, true) === 0 && view.getUint16(CONTROL.agent_port, true) === 0,
    slots: recordOf(SLOT_NAMES, (name, index) => {
      const at = slotAt(index)
      const shedAbove = view.getUint32(at + SLOT.shed_above, true)
      const wanted = asked.slots[name].watermark
      const same = slotWords(name, wanted, capacities[name]).shedAbove === shedAbove
      return {
        capacityBytes: capacities[name],
        backpressure: view.getUint32(at + SLOT.backpressure, true) !== 0,
        watermark: same ? wanted : Math.min(1, shedAbove / capacities[name]),
      }
    }),
    types: recordOf(TYPE_NAMES, (name) => {
      const at = typeAt(EVENT_TYPES[name])
      const slot = view.getUint8(at + TYPE.slot)
      const threshold = view.getUint32(rateAt(slot, EVENT_TYPES[name]), true)
      const wanted = asked.types[name].rate
      return {
        enabled: view.getUint8(at + TYPE.enabled) !== 0,
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

function typeAt(type: number): number {
  return CONTROL.type + type * rs_type_control.bytes
}

function slotAt(slot: number): number {
  return CONTROL.slot + slot * rs_slot_control.bytes
}

function rateAt(slot: number, type: number): number {
  return CONTROL.rate + (slot * LIMITS.types + type) * RATE_BYTES
}

function slotWords(slot: SlotName, watermark: number, capacity: number) {
  const shedAbove = watermark === 0 ? 0 : Math.max(1, Math.round(watermark * capacity))
  return {
    shedAbove,
    shedBelow: Math.floor(shedAbove * RELEASE_SHARE),
    wakeBytes: slot === CRITICAL_SLOT ? WAKE_AT_ONCE : Math.floor(capacity * WAKE_SHARE),
  }
}
