/** What every request passes, in this order: the guard, the facts about it, then the app or the socket door. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import type { Problem } from '../problem.ts'
import { SECURITY_HEADERS } from './content-policy.ts'
import { allowListOf, refusalOf } from './guard.ts'
import { createApp } from './http.ts'
import type { Hub } from './hub.ts'
import { type Doors, factsOf, type RequestFacts } from './request-facts.ts'
import { Sessions } from './session.ts'
import { SocketDoor } from './socket-door.ts'
import { StaticSite } from './static.ts'

export interface DoorOptions {
  token: string
  doors: Doors
  /** The folder of the exported page. */
  webFolder: string
}

export class Door {
  readonly #options: DoorOptions
  readonly #sessions: Sessions
  readonly #sockets: SocketDoor
  readonly #facts = new WeakMap<IncomingMessage, RequestFacts>()
  #port = 0
  #allowed = allowListOf(0, [])
  #answer: ReturnType<typeof getRequestListener> | null = null

  constructor(options: DoorOptions) {
    this.#options = options
    this.#sessions = new Sessions(options.token)
    this.#sockets = new SocketDoor(this.#sessions)
  }

  setPort(port: number): void {
    this.#port = port
    this.#allowed = allowListOf(port, this.#options.doors.publicUrls)
  }

  open(hub: Hub): void {
    const app = createApp({
      port: this.#port,
      sessions: this.#sessions,
      site: new StaticSite(this.#options.webFolder),
      upgrades: this.#sockets.upgrades,
      status: () => hub.status(),
      wellness: () => hub.wellness(),
    })
    this.#answer = getRequestListener(
      (request, env) => {
        const facts = this.#facts.get(env.incoming as IncomingMessage)
        if (facts === undefined) throw new Error('a request came past the guard')
        return app.fetch(request, { facts })
      },
      { overrideGlobalObjects: false },
    )
    this.#sockets.open(hub, this.#port)
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const refusal = refusalOf(request, this.#allowed)
    if (refusal !== null) {
      sendProblem(response, refusal.status, refusal.problem)
      return
    }
    if (this.#answer === null) {
      sendProblem(response, 503, STARTING)
      return
    }
    const facts = factsOf(request, this.#options.doors)
    this.#facts.set(request, facts)
    const url = request.url ?? '/'
    const queryAt = url.indexOf('?')
    request.url = facts.path + (queryAt < 0 ? '' : url.slice(queryAt))
    void this.#answer(request, response)
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = refusalOf(request, this.#allowed)
    const facts = factsOf(request, this.#options.doors)
    if (refusal !== null) this.#sockets.refuse(facts, socket, refusal)
    else this.#sockets.enter(request, facts, socket, head)
  }

  sayGoodbye(): void {
    this.#sockets.sayGoodbye()
  }
}

function sendProblem(response: ServerResponse, status: number, problem: Problem): void {
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'content-type': 'application/json',
    'cache-control': 'no-store',
    connection: 'close',
  })
  response.end(JSON.stringify(problem))
}

const STARTING: Problem = { code: 'starting', message: 'the agent is starting', hint: 'Try again in a second.' }
