/**
 * The socket, in a thread of its own: it gives credit back to the agent while the page is busy drawing, so that a long
 * frame of the page costs no events. What waits for the page is bounded. It reads nothing of a frame but its number.
 */
import { FRAME_NUMBER_OFFSET, PREFIX_BYTES } from '@ringside/protocol'
import ReconnectingWebSocket from 'partysocket/ws'
import { type FromSocket, type ToSocket, WAITING_FRAMES_MAX } from './socket-messages.ts'
import { isFinal, SESSION_GONE } from './state.ts'

const OPTIONS = {
  minReconnectionDelay: 400,
  maxReconnectionDelay: 8_000,
  reconnectionDelayGrowFactor: 1.6,
  connectionTimeout: 5_000,
  maxEnqueuedMessages: 0,
  shouldReconnectOnClose: (event: { code: number }) => event.code !== SESSION_GONE && !isFinal(event.code),
}

/** The code for a connection that ended without one (RFC 6455, 7.1.5). */
const NO_CODE = 1006

let socket: ReconnectingWebSocket | null = null
let waiting = 0
/** The newest frame that arrived and is not acknowledged, or null. */
let owed: number | null = null

addEventListener('message', (event: MessageEvent<ToSocket>) => {
  const message = event.data
  switch (message.type) {
    case 'open':
      return open(message.url)
    case 'send':
      return send(message.text)
    case 'reconnect':
      return socket?.reconnect()
    case 'taken':
      waiting -= 1
      return acknowledge()
  }
})

function open(url: string): void {
  socket = new ReconnectingWebSocket(url, null, OPTIONS)
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('open', () => tell({ type: 'opened' }))
  socket.addEventListener('close', ({ code, reason }) => {
    owed = null
    // A close that the library makes itself, for want of an answer, carries no code and no text of the agent.
    tell({
      type: 'closed',
      code: Number.isInteger(code) ? code : NO_CODE,
      reason: typeof reason === 'string' ? reason : '',
    })
  })
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') tell({ type: 'text', text: data })
    else if (data instanceof ArrayBuffer) take(data)
  })
}

function take(frame: ArrayBuffer): void {
  if (frame.byteLength >= PREFIX_BYTES) owed = new DataView(frame).getUint32(FRAME_NUMBER_OFFSET, true)
  waiting += 1
  tell({ type: 'frame', frame }, [frame])
  acknowledge()
}

function acknowledge(): void {
  if (owed === null || waiting > WAITING_FRAMES_MAX) return
  send(JSON.stringify({ type: 'ack', frame: owed }))
  owed = null
}

function send(text: string): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(text)
}

function tell(message: FromSocket, transfer: Transferable[] = []): void {
  postMessage(message, { transfer })
}
