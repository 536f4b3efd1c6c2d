/**
 * Settings ↔ the bytes of struct rs_control (packages/bpf/include/abi.h). Pure: it knows neither who writes the bytes
 * nor where they stand.
 */
import {
  EVENT_TYPES,
  RATE_ALL,
  type Settings,
  SLOT_NAMES,
  type SlotName,
  TYPE_VERSIONS,
  thresholdOf,
} from '@ringside/protocol'
import { ABI, LIMITS, MODE } from '../source/abi.ts'
import { CRITICAL_SLOT, recordOf, TYPE_NAMES } from './settings.ts'

const { rs_control, rs_type_control, rs_slot_control } = ABI.structs
const CONTROL = rs_control.members
const TYPE = rs_type_control.members
const SLOT = rs_slot_control.members
const RATE_BYTES = 4
/** No event has this type: in its place stands the rate of the slot alone, so that it can be read back. */
const NO_TYPE = 0
/** Shedding ends at this share of the fill where it started: without a gap between the two it would flap. */
const RELEASE_SHARE = 0.75
/** A reader that sleeps is woken when this share of a part is filled … */
const WAKE_SHARE = 1 / 8
/** … and in the critical slot by the first byte, since latency matters there. */
const WAKE_AT_ONCE = 1

/** Bytes of one part of each slot's buffer: what thresholds of fill refer to. 0: no buffer. */
export type PartBytes = Readonly<Record<SlotName, number>>

/** What the words depend on beside the settings. */
export interface ControlFacts {
  agentPid: number
  agentPort: number
  /** During a swap of the smaller of the two. */
  partBytes: PartBytes
}

/** What is in force and does not stand in the control block. */
export interface Beside {
  partBytes: PartBytes
  order: Settings['order']
  filters: Settings['filters']
  slots: Readonly<Record<SlotName, Pick<Settings['slots'][SlotName], 'capacityBytes' | 'sharding' | 'processing'>>>
}

export function encodeControl(settings: Settings, facts: ControlFacts): Uint8Array {
  const block = new Uint8Array(rs_control.bytes)
  const view = new DataView(block.buffer)
  view.setUint32(CONTROL.agent_pid, settings.showSelf ? 0 : facts.agentPid, true)
  view.setUint16(CONTROL.agent_port, settings.showSelf ? 0 : facts.agentPort, true)
  view.setUint16(CONTROL.paused, settings.paused ? 1 : 0, true)
  for (const name of TYPE_NAMES) {
    const { enabled, slot, mode, version } = settings.types[name]
    const at = typeAt(EVENT_TYPES[name])
    view.setUint8(at + TYPE.enabled, enabled ? 1 : 0)
    view.setUint8(at + TYPE.slot, SLOT_NAMES.indexOf(slot))
    view.setUint8(at + TYPE.mode, MODE[mode])
    view.setUint8(at + TYPE.version, version)
  }
  for (const [index, name] of SLOT_NAMES.entries()) {
    const words = slotWords(name, settings.slots[name].watermark, facts.partBytes[name])
    const at = slotAt(index)
    view.setUint32(at + SLOT.backpressure, settings.slots[name].backpressure ? 1 : 0, true)
    view.setUint32(at + SLOT.shed_above, words.shedAbove, true)
    view.setUint32(at + SLOT.shed_below, words.shedBelow, true)
    view.setUint32(at + SLOT.wake_bytes, words.wakeBytes, true)
  }
  for (let slot = 0; slot < LIMITS.slots; slot += 1) {
    for (let type = 0; type < LIMITS.types; type += 1) view.setUint32(rateAt(slot, type), RATE_ALL, true)
  }
  for (const [index, slot] of SLOT_NAMES.entries()) {
    view.setUint32(rateAt(index, NO_TYPE), slotThreshold(settings, slot), true)
    for (const name of TYPE_NAMES) {
      view.setUint32(rateAt(index, EVENT_TYPES[name]), typeThreshold(settings, slot, name), true)
    }
  }
  return block
}

/**
 * The settings that a control block stands for. A share is stored as a whole number, so that reading it gives a
 * neighbour of what was written: where the stored word is what `asked` encodes to, the asked value is given back.
 */
export function decodeControl(block: Uint8Array, asked: Settings, beside: Beside): Settings {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  const slots = recordOf(SLOT_NAMES, (name, index) => {
    const at = slotAt(index)
    const threshold = view.getUint32(rateAt(index, NO_TYPE), true)
    return {
      ...beside.slots[name],
      rate: threshold === slotThreshold(asked, name) ? wholeRate(asked, name) : rateOf(threshold),
      backpressure: view.getUint32(at + SLOT.backpressure, true) !== 0,
      watermark: watermarkOf(view.getUint32(at + SLOT.shed_above, true), name, asked, beside.partBytes[name]),
    }
  })
  const types = recordOf(TYPE_NAMES, (name) => {
    const at = typeAt(EVENT_TYPES[name])
    const slotNumber = view.getUint8(at + TYPE.slot)
    const slot = SLOT_NAMES[slotNumber] ?? asked.types[name].slot
    const threshold = view.getUint32(rateAt(slotNumber, EVENT_TYPES[name]), true)
    const same = threshold === typeThreshold(asked, slot, name) && slot !== CRITICAL_SLOT
    return {
      enabled: view.getUint8(at + TYPE.enabled) !== 0,
      slot,
      rate: same ? asked.types[name].rate : ownRate(threshold, slots[slot].rate),
      mode: modeOf(view.getUint8(at + TYPE.mode)),
      version: view.getUint8(at + TYPE.version) || TYPE_VERSIONS[name],
    }
  })
  return {
    paused: view.getUint16(CONTROL.paused, true) !== 0,
    showSelf: view.getUint32(CONTROL.agent_pid, true) === 0 && view.getUint16(CONTROL.agent_port, true) === 0,
    order: { ...beside.order },
    filters: structuredClone(beside.filters),
    slots,
    types,
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

/** The share of a slot's events that is kept: all of the critical one, whatever is asked. */
function wholeRate(settings: Settings, slot: SlotName): number {
  return slot === CRITICAL_SLOT ? 1 : settings.slots[slot].rate
}

function slotThreshold(settings: Settings, slot: SlotName): number {
  return thresholdOf(wholeRate(settings, slot))
}

function typeThreshold(settings: Settings, slot: SlotName, type: (typeof TYPE_NAMES)[number]): number {
  if (slot === CRITICAL_SLOT) return RATE_ALL
  return thresholdOf(settings.slots[slot].rate * settings.types[type].rate)
}

/** The share of events that a sampling threshold keeps. */
function rateOf(threshold: number): number {
  return threshold === RATE_ALL ? 1 : threshold / 2 ** 32
}

/** What a type's own rate must be, when its slot keeps so much. */
function ownRate(threshold: number, slotRate: number): number {
  return slotRate === 0 ? 0 : Math.min(1, rateOf(threshold) / slotRate)
}

function watermarkOf(shedAbove: number, slot: SlotName, asked: Settings, partBytes: number): number {
  const wanted = asked.slots[slot].watermark
  if (slotWords(slot, wanted, partBytes).shedAbove === shedAbove) return wanted
  return partBytes === 0 ? 0 : Math.min(1, shedAbove / partBytes)
}

function modeOf(number: number): keyof typeof MODE {
  return number === MODE.aggregate ? 'aggregate' : number === MODE.both ? 'both' : 'events'
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

function slotWords(slot: SlotName, watermark: number, partBytes: number) {
  const shedAbove = watermark === 0 ? 0 : Math.max(1, Math.round(watermark * partBytes))
  return {
    shedAbove,
    shedBelow: Math.floor(shedAbove * RELEASE_SHARE),
    wakeBytes: slot === CRITICAL_SLOT ? WAKE_AT_ONCE : Math.floor(partBytes * WAKE_SHARE),
  }
}
