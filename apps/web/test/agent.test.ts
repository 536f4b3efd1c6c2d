import type { Fill, Hello, Malformed, Tables, Top } from '@ringside/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { takeFill, takeHealth, takeHello, takeMalformed, takeTables, takeTop, useAgent } from '../store/agent.ts'
import { makeHealth } from './make-health.ts'

const hello = (epoch: string) => ({ type: 'hello', epoch }) as Hello

beforeEach(() => {
  useAgent.setState({ hello: null })
  takeHello(hello('one'))
})

describe('[ACC-11] two lives of an agent', () => {
  it('are never mixed: what another epoch says is not taken', () => {
    takeHello(hello('two'))
    takeHealth(makeHealth(1))
    takeTables({ epoch: 'one' } as Tables)
    takeMalformed({ epoch: 'one' } as Malformed)
    takeTop({ epoch: 'one' } as Top)
    takeFill({ epoch: 'one', slots: [{ slot: 'debug', capacityBytes: 1, usedBytes: 1, highWaterBytes: 1 }] } as Fill)
    expect(useAgent.getState()).toMatchObject({ health: null, tables: null, malformed: null, top: null, fills: {} })
  })

  it('let go of all that was counted before', () => {
    takeHealth(makeHealth(1))
    takeHealth(makeHealth(2))
    takeTables({ epoch: 'one' } as Tables)
    expect(useAgent.getState().points).toHaveLength(1)
    takeHello(hello('two'))
    expect(useAgent.getState()).toMatchObject({ health: null, tables: null, points: [], healths: [] })
  })

  it('are one while only the connection was lost', () => {
    takeHealth(makeHealth(1))
    takeHello(hello('one'))
    expect(useAgent.getState().health).not.toBeNull()
  })
})
