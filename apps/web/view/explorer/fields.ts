/** A row as named values: what the detail pane lists, what can be filtered by, and what is copied. */
import {
  type Batch,
  bytesOf,
  commOf,
  type EventSpec,
  eventOf,
  type FieldSpec,
  type Filter,
  fieldConn,
  fieldInt,
  fieldText,
  formatEndpoint,
  formatHex,
  formatShare,
  isCarried,
  type Show,
  SLOT_NAMES,
  showField,
  TASK_COMPAT,
  weightOf,
} from '@ringside/protocol'
import type { RowRef } from '../../store/row.ts'
import { timeOf } from '../../store/row.ts'
import { TYPE_NAMES, without } from '../../store/ui.ts'
import { eventTime } from '../format.ts'

export interface FieldView {
  readonly label: string
  readonly value: string
  /** The change of the filter that shows only rows with this value; undefined where the filter cannot say it. */
  readonly only?: (filter: Filter) => Partial<Filter>
  /** The change that leaves them out at the agent, or the text that hides them on this page. */
  readonly not?: ((filter: Filter) => Partial<Filter>) | string
}

export function fieldsOf(ref: RowRef): FieldView[] {
  const { batch, zeroMs } = ref.held
  const { row } = ref
  const event = eventOf(batch, row)
  const fields: FieldView[] = [{ label: 'time', value: eventTime(zeroMs, batch.timeNs[row] ?? 0) }]
  const slot = SLOT_NAMES[batch.slot[row] ?? 0]
  if (slot !== undefined) {
    fields.push({
      label: 'slot',
      value: slot,
      only: () => ({ slots: [slot] }),
      not: (filter) => ({ slots: without(filter.slots, slot, SLOT_NAMES) }),
    })
  }
  if (event === undefined) return fields
  const { type } = event
  fields.push({
    label: 'type',
    value: type,
    only: () => ({ types: [type] }),
    not: (filter) => ({ types: without(filter.types, type, TYPE_NAMES) }),
  })
  if (event.hasTask) fields.push(...taskOf(batch, row))
  event.fields.forEach((field, index) => {
    fields.push(...fieldOf(batch, row, field, index))
  })
  fields.push({ label: 'sampling', value: samplingOf(batch.rate[row] ?? 0) })
  return fields
}

function taskOf(batch: Batch, row: number): FieldView[] {
  const comm = commOf(batch, row)
  const pid = batch.pid[row] ?? 0
  if (pid === 0 && comm === '') return [{ label: 'process', value: 'none: from an interrupt' }]
  const compat = ((batch.flags[row] ?? 0) & TASK_COMPAT) !== 0
  return [
    { label: 'process', value: comm, ...byText(comm) },
    { label: 'pid', value: String(pid), ...byText(String(pid)) },
    { label: 'thread', value: String(batch.tid[row] ?? 0) },
    { label: 'uid', value: String(batch.uid[row] ?? 0) },
    ...(compat ? [{ label: 'table', value: '32-bit system call' }] : []),
  ]
}

/** Ways of showing whose text the filter looks at. */
const SEARCHED: ReadonlySet<Show> = new Set<Show>(['name', 'path', 'syscall', 'signal', 'tcp-state'])

/** Fields that name another process: a click shows what that one does. */
const PROCESSES: ReadonlySet<string> = new Set(['parentPid', 'childPid'])

function fieldOf(batch: Batch, row: number, field: FieldSpec, index: number): FieldView[] {
  if (field.kind === 'conn') {
    const conn = fieldConn(batch, row, index)
    const local = formatEndpoint(conn.localAddress, conn.localPort)
    const remote = formatEndpoint(conn.remoteAddress, conn.remotePort)
    return [
      { label: 'local', value: local, ...byText(local) },
      { label: 'remote', value: remote, ...byText(remote) },
      { label: 'direction', value: conn.direction },
    ]
  }
  const value = showField(batch, row, index)
  if (!isCarried(field, batch.version[row] ?? 0)) {
    return [{ label: field.label, value: `not in version ${batch.version[row]} of this record` }]
  }
  if (PROCESSES.has(field.name) && value !== '0') return [{ label: field.label, value, ...byText(value) }]
  const named =
    field.show === 'fd-or-errno' || field.show === 'result' ? /^E[A-Z]/.test(value) : SEARCHED.has(field.show)
  return [{ label: field.label, value, ...(named && value !== '' ? byText(value) : {}) }]
}

function byText(text: string): Pick<FieldView, 'only' | 'not'> {
  return text === '' ? {} : { only: () => ({ text }), not: text }
}

function samplingOf(threshold: number): string {
  const weight = weightOf(threshold)
  return weight === 1
    ? 'every event kept'
    : weight === 0
      ? 'none kept'
      : `${formatShare(1 / weight)} kept: stands for ${Number(weight.toPrecision(3))}`
}

/** Exact values, not what is printed; indented JSON. */
export function asJson(ref: RowRef): string {
  const { batch } = ref.held
  const { row } = ref
  const event = eventOf(batch, row)
  const bytes = bytesOf(batch, row)
  return JSON.stringify(
    {
      time: new Date(timeOf(ref)).toISOString(),
      timeNs: batch.timeNs[row],
      slot: SLOT_NAMES[batch.slot[row] ?? 0],
      type: event?.type ?? batch.type[row],
      cpu: batch.cpu[row],
      level: batch.level[row],
      version: batch.version[row],
      number: batch.seq[row],
      weight: weightOf(batch.rate[row] ?? 0),
      ...(event?.hasTask
        ? { process: commOf(batch, row), pid: batch.pid[row], tid: batch.tid[row], uid: batch.uid[row] }
        : {}),
      ...(event === undefined ? {} : { fields: valuesOf(batch, row, event) }),
      ...(bytes === null ? {} : { bytes: formatHex(bytes) }),
    },
    null,
    2,
  )
}

function valuesOf(batch: Batch, row: number, event: EventSpec): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  event.fields.forEach((field, index) => {
    if (!isCarried(field, batch.version[row] ?? 0)) return
    if (field.kind === 'conn') values[field.name] = fieldConn(batch, row, index)
    else values[field.name] = field.kind === 'text' ? fieldText(batch, row, index) : fieldInt(batch, row, index)
  })
  return values
}
