/** The page's half of the filter: rows of a batch. Each string and connection of a batch is tested once. */
import { type Batch, fieldInt } from './batch.ts'
import { CONN_BYTES } from './connection.ts'
import { EVENT_BY_NUMBER, type FieldSpec, isCarried, TASK_COMPAT } from './events.ts'
import type { CompiledFilter, TextTest } from './filter.ts'

/** [FLT1] Whether a row passes. */
export function matchesRow(filter: CompiledFilter, batch: Batch, row: number): boolean {
  const type = batch.type[row] ?? 0
  if (filter.types[type] !== 1 || filter.slots[batch.slot[row] ?? 0] !== 1) return false
  return filter.text === null || textMatches(filter.text, answersFor(filter.text, batch), batch, row, type)
}

/** All rows that pass, ascending. */
export function matchingRows(filter: CompiledFilter, batch: Batch): Uint32Array {
  const rows = new Uint32Array(batch.rows)
  const { types, slots, text } = filter
  const answers = text === null ? null : answersFor(text, batch)
  let count = 0
  for (let row = 0; row < batch.rows; row++) {
    const type = batch.type[row] as number
    if (types[type] !== 1 || slots[batch.slot[row] as number] !== 1) continue
    if (text !== null && answers !== null && !textMatches(text, answers, batch, row, type)) continue
    rows[count++] = row
  }
  return rows.subarray(0, count)
}

const UNKNOWN = 0
const YES = 1
const NO = 2

/** Answers of one text for the dictionaries of one batch. */
interface Answers {
  strings: Uint8Array
  connections: Uint8Array
}

const answersByText = new WeakMap<TextTest, WeakMap<Batch, Answers>>()

function answersFor(text: TextTest, batch: Batch): Answers {
  let byBatch = answersByText.get(text)
  if (byBatch === undefined) {
    byBatch = new WeakMap()
    answersByText.set(text, byBatch)
  }
  let answers = byBatch.get(batch)
  if (answers === undefined) {
    answers = {
      strings: new Uint8Array(batch.strings.length),
      connections: new Uint8Array(batch.connections.length / CONN_BYTES),
    }
    byBatch.set(batch, answers)
  }
  return answers
}

function textMatches(text: TextTest, answers: Answers, batch: Batch, row: number, type: number): boolean {
  const event = EVENT_BY_NUMBER[type]
  if (event === undefined) return false
  if (event.hasTask) {
    if (text.pid(batch.pid[row] as number)) return true
    if (stringMatches(text, answers, batch, batch.comm[row] as number)) return true
  }
  for (let index = 0; index < event.fields.length; index++) {
    if (fieldMatches(text, answers, batch, row, index, event.fields[index] as FieldSpec)) return true
  }
  return false
}

function fieldMatches(
  text: TextTest,
  answers: Answers,
  batch: Batch,
  row: number,
  index: number,
  field: FieldSpec,
): boolean {
  if (!isCarried(field, batch.version[row] as number)) return false
  const value = fieldInt(batch, row, index)
  if (field.kind === 'text') return stringMatches(text, answers, batch, value)
  if (field.kind === 'conn') return connectionMatches(text, answers, batch, value)
  return text.int(field.show, value, ((batch.flags[row] as number) & TASK_COMPAT) !== 0)
}

function stringMatches(text: TextTest, answers: Answers, batch: Batch, index: number): boolean {
  let answer = answers.strings[index] as number
  if (answer === UNKNOWN) {
    answer = text.shown(batch.strings[index] ?? '') ? YES : NO
    answers.strings[index] = answer
  }
  return answer === YES
}

function connectionMatches(text: TextTest, answers: Answers, batch: Batch, index: number): boolean {
  let answer = answers.connections[index] as number
  if (answer === UNKNOWN) {
    answer = text.connection(batch.connections, index * CONN_BYTES) ? YES : NO
    answers.connections[index] = answer
  }
  return answer === YES
}
