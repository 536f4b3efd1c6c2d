/** When the kernel's tables are taken: while something is counted, once more after that, and never twice at once. */
import { EVENT_TYPES, type EventType, type Tables } from '@ringside/protocol'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { TableTaking } from '../../src/cli/run/table-taking.ts'
import type { TableWindow } from '../../src/source/source.ts'
import { tableWindow } from '../aggregate/table-window.ts'

const EVERY_MS = 1000
const PACKET = EVENT_TYPES.packet

let counted: EventType[]
let sent: EventType[]
let takings: number
let told: Tables[]
let failures: string[]
let answer: () => Promise<TableWindow>
let taking: TableTaking

beforeEach(() => {
  vi.useFakeTimers()
  counted = []
  sent = []
  takings = 0
  told = []
  failures = []
  answer = async () => tableWindow({})
  taking = new TableTaking({
    host: {
      takeTables: () => {
        takings += 1
        return answer()
      },
    },
    epoch: 'e',
    timeZero: { hi: 0, lo: 0 },
    timeZeroMs: 0,
    counted: () => counted,
    countedAndSent: () => sent,
    onTables: (tables) => told.push(tables),
    onFailure: (text) => failures.push(text),
    everyMs: EVERY_MS,
  })
})
afterEach(async () => {
  await taking.stop()
  vi.useRealTimers()
})

/** An operator has this counted from now on. */
function count(...types: EventType[]): void {
  counted = types
  taking.controlChanged()
}

const seconds = (number: number) => vi.advanceTimersByTimeAsync(number * EVERY_MS)

it('nothing is taken while nothing is counted', async () => {
  taking.controlChanged()
  await seconds(5)
  expect(takings).toBe(0)
})

it('what was left from before is taken when counting begins, and not told', async () => {
  count('packet')
  await vi.advanceTimersByTimeAsync(0)
  expect([takings, told.length]).toEqual([1, 0])
})

it('then it is taken and told once a second', async () => {
  count('packet')
  await seconds(3)
  expect(takings).toBe(4)
  expect(told.map(({ types }) => types)).toEqual([['packet'], ['packet'], ['packet']])
})

it('a change of something else takes nothing before its time', async () => {
  count('packet')
  await seconds(1)
  count('packet', 'exec')
  taking.controlChanged()
  expect(takings).toBe(2)
})

it('what is sent as well is counted beside, and spares nothing', async () => {
  answer = async () => tableWindow({ sums: [{ window: 1, type: PACKET, events: 10, bytes: 600 }] })
  sent = ['packet']
  count('packet')
  await seconds(1)
  expect(told.at(-1)?.volume).toMatchObject({ instead: { events: 0 }, beside: { events: 20 } })
})

it('once more when nothing is counted any longer: the page hears of the rest, and that it is the last', async () => {
  count('packet')
  await seconds(1)
  count()
  await seconds(5)
  expect(takings).toBe(3)
  expect(told.at(-1)?.types).toEqual([])
})

it('never twice at once, however long one takes', async () => {
  let finish: (window: TableWindow) => void = () => undefined
  answer = () =>
    new Promise((resolve) => {
      finish = resolve
    })
  count('packet')
  await seconds(5)
  expect(takings).toBe(1)
  finish(tableWindow({}))
  await seconds(1)
  expect(takings).toBe(2)
  finish(tableWindow({}))
})

it('a failure is told once, is not the end, and what was counted meanwhile is told later', async () => {
  count('packet')
  await seconds(1)
  answer = async () => {
    throw new Error('the map is gone')
  }
  await seconds(3)
  expect(failures).toEqual(['the tables in the kernel could not be read: the map is gone'])
  answer = async () => tableWindow({})
  await seconds(1)
  expect(told).toHaveLength(2)
  answer = async () => {
    throw new Error('again')
  }
  await seconds(2)
  expect(failures).toHaveLength(2)
})

it('its end waits for the taking that goes on, and nothing is taken after it', async () => {
  let finish: (window: TableWindow) => void = () => undefined
  answer = () =>
    new Promise((resolve) => {
      finish = resolve
    })
  count('packet')
  let stopped = false
  const stop = taking.stop().then(() => {
    stopped = true
  })
  await seconds(2)
  expect(stopped).toBe(false)
  finish(tableWindow({}))
  await stop
  await seconds(2)
  expect(takings).toBe(1)
})
