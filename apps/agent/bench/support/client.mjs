/** A client of the agent's socket: takes in every batch as the page does, and counts what it says. */
import { once } from 'node:events'
import { decodeBatch, PROTOCOL_VERSION } from '@ringside/protocol'
import { WebSocket } from 'ws'

export const EVERYTHING = { types: [], slots: [], text: '' }

export class Client {
  rows = 0
  matched = 0
  thinned = 0
  /** By the frames' stamps, since it connected. */
  skipped = 0
  withheld = 0
  frames = 0
  bytes = 0
  /** @type {(batch: object, frame: ArrayBuffer) => void} */
  onBatch = () => undefined
  #socket
  #replies = new Map()
  #lastCommand = 0

  static async connect({ port, token }) {
    const client = new Client()
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers: { authorization: `Bearer ${token}` } })
    socket.binaryType = 'arraybuffer'
    client.#socket = socket
    socket.on('message', (data, isBinary) => {
      if (isBinary) client.#take(data)
      else client.#hear(JSON.parse(String(data)))
    })
    await once(socket, 'open')
    return client
  }

  /** @param {{ rowsPerSecond?: number | null, bytes?: boolean, types?: string[] }} wish */
  subscribe({ rowsPerSecond = null, bytes = false, types = [] } = {}) {
    const filter = { ...EVERYTHING, types }
    this.#say({ type: 'subscribe', protocol: PROTOCOL_VERSION, filter, rowsPerSecond, bytes })
  }

  /** Rejects when it is refused. */
  async command(command) {
    this.#lastCommand += 1
    const id = this.#lastCommand
    const reply = new Promise((resolve) => this.#replies.set(id, resolve))
    this.#say({ type: 'command', id, revision: null, command })
    const { ok, error } = await reply
    if (!ok) throw new Error(`${JSON.stringify(command)}: ${error.message}`)
  }

  /** @returns ms of one round trip, through the agent's main thread */
  async ping() {
    const start = performance.now()
    this.#socket.ping()
    await once(this.#socket, 'pong')
    return performance.now() - start
  }

  close() {
    this.#socket.terminate()
  }

  #say(message) {
    this.#socket.send(JSON.stringify(message))
  }

  #hear(message) {
    if (message.type !== 'reply') return
    this.#replies.get(message.id)?.(message)
    this.#replies.delete(message.id)
  }

  #take(frame) {
    const batch = decodeBatch(frame)
    if (!batch.ok) throw new Error(batch.message)
    this.#say({ type: 'ack', frame: batch.number })
    this.frames += 1
    this.bytes += frame.byteLength
    this.rows += batch.rows
    this.matched += batch.matched
    this.thinned += batch.thinned
    this.skipped = batch.skipped
    this.withheld = batch.withheld
    this.onBatch(batch, frame)
  }
}
