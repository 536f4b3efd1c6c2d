/** One connection from the inside: what of its messages counts, and when it is given up. The clock is the test's. */
import type { CommandMessage } from '@ringside/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { serveSocket } from '../../src/serve/socket.ts'
import { FakeSocket } from './fake-socket.ts'
import { createHub } from './small-agent.ts'

let socket: FakeSocket
let commands: CommandMessage[]

beforeEach(() => {
  vi.useFakeTimers()
  socket = new FakeSocket()
  commands = []
  const hub = createHub({ commands })
  serveSocket(socket as unknown as WebSocket, hub, () => true)
})
afterEach(() => {
  socket.emit('close')
  vi.useRealTimers()
})

function hear(message: unknown): void {
  socket.emit('message', Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), false)
}

const ack = (frame: number) => ({ type: 'ack', frame })
const command = (id: number) => ({ type: 'command', id, revision: null, command: { op: 'pause', on: true } })
const refusal = () => socket.texts.map((text) => JSON.parse(text)).find(({ type }) => type === 'refusal')

describe('[MSG2] after a malformed message', () => {
  it('none of the connection is obeyed', () => {
    hear(command(1))
    hear('{')
    hear(command(2))
    expect(socket.closed).toBe(1007)
    expect(commands.map(({ id }) => id)).toEqual([1])
  })

  it('the reason for the end stays the first one', () => {
    hear('{')
    socket.emit('message', Buffer.from('x'), true)
    expect(socket.closed).toBe(1007)
  })
})

describe('[CR5] messages', () => {
  it('of a page that acknowledges every frame may come for ever', () => {
    for (let second = 0; second < 120; second += 1) {
      for (let frame = 1; frame <= 62; frame += 1) hear(ack(second * 62 + frame))
      vi.advanceTimersByTime(1000)
    }
    expect(socket.closed).toBeNull()
  })

  it('of all kinds together are bounded, and whoever sends more is told so and closed', () => {
    for (let turn = 0; turn < 300; turn += 1) {
      hear(ack(1))
      socket.emit('ping')
    }
    expect(socket.closed).toBe(1008)
    expect(refusal()).toMatchObject({ code: 'too-many' })
  })
})

describe('[HS6] a peer', () => {
  it('that is silent is given up within 45 s', () => {
    vi.advanceTimersByTime(44_000)
    expect(socket.pings).toBe(2)
    expect(socket.terminated).toBe(false)
    vi.advanceTimersByTime(2000)
    expect(socket.terminated).toBe(true)
  })

  it.each(['pong', 'ping', 'message'])('that sends a %s now and then is alive', (event) => {
    for (let turn = 0; turn < 10; turn += 1) {
      vi.advanceTimersByTime(14_000)
      if (event === 'message') hear(ack(turn))
      else socket.emit(event)
    }
    expect(socket.terminated).toBe(false)
  })
})
