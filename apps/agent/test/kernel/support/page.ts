/** A page as the agent sees one: it signs in, subscribes, gives credit, and gives commands. */
import { once } from 'node:events'
import { type AgentMessage, type Command, decodeBatch, type Health, PROTOCOL_VERSION } from '@ringside/protocol'
import WebSocket from 'ws'

export class Page {
  /** How many messages of each kind came. */
  readonly heard = new Map<string, number>()
  health: Health | null = null
  readonly #socket: WebSocket
  readonly #replies = new Map<number, (error: string | null) => void>()
  #lastCommand = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data: ArrayBuffer, isBinary) => {
      if (isBinary) this.#take(data)
      else this.#hear(JSON.parse(Buffer.from(data).toString()) as AgentMessage)
    })
  }

  static async connect({ port, token }: { port: number; token: string }, rowsPerSecond: number): Promise<Page> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers: { authorization: `Bearer ${token}` } })
    socket.binaryType = 'arraybuffer'
    const page = new Page(socket)
    await once(socket, 'open')
    const filter = { types: [], slots: [], text: '' }
    page.#say({ type: 'subscribe', protocol: PROTOCOL_VERSION, filter, rowsPerSecond, bytes: true })
    return page
  }

  /** @returns why it was refused, or null */
  command(command: Command): Promise<string | null> {
    this.#lastCommand += 1
    const id = this.#lastCommand
    const reply = new Promise<string | null>((resolve) => this.#replies.set(id, resolve))
    this.#say({ type: 'command', id, revision: null, command })
    return reply
  }

  count(type: AgentMessage['type']): number {
    return this.heard.get(type) ?? 0
  }

  close(): void {
    this.#socket.terminate()
  }

  #say(message: unknown): void {
    this.#socket.send(JSON.stringify(message))
  }

  #hear(message: AgentMessage): void {
    this.heard.set(message.type, this.count(message.type) + 1)
    if (message.type === 'health') this.health = message
    if (message.type !== 'reply') return
    this.#replies.get(message.id)?.(message.ok ? null : (message.error?.message ?? 'refused'))
    this.#replies.delete(message.id)
  }

  #take(frame: ArrayBuffer): void {
    const batch = decodeBatch(frame)
    if (batch.ok) this.#say({ type: 'ack', frame: batch.number })
  }
}
