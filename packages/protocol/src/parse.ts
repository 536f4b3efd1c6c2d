/** From a text frame to a message: errors are values. SPEC.md [MSG]. */
import type * as z from 'zod/mini'
import { type AgentMessage, agentMessage, type PageMessage, PROTOCOL_VERSION, pageMessage } from './messages.ts'

export type Parsed<T> = { ok: true; value: T } | { ok: false; code: 'json' | 'shape' | 'version'; message: string }

/** What the page takes in. Another protocol version is told apart from a malformed message. */
export function parseAgentMessage(text: string): Parsed<AgentMessage> {
  return parse(text, agentMessage)
}

/** What the agent takes in. */
export function parsePageMessage(text: string): Parsed<PageMessage> {
  return parse(text, pageMessage)
}

function parse<T>(text: string, schema: z.ZodMiniType<T>): Parsed<T> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { ok: false, code: 'json', message: 'the message is not JSON' }
  }
  const version = otherVersion(json)
  if (version !== null) return { ok: false, code: 'version', message: version }
  const result = schema.safeParse(json)
  if (result.success) return { ok: true, value: result.data }
  const issue = result.error.issues[0]
  const path = issue?.path.map(String).join('.') ?? ''
  return { ok: false, code: 'shape', message: `${path === '' ? 'message' : path}: ${issue?.message ?? 'malformed'}` }
}

/** [HS2] Both first messages, hello and subscribe, say what their sender speaks. Who does not say it speaks another. */
function otherVersion(json: unknown): string | null {
  if (typeof json !== 'object' || json === null || !('type' in json)) return null
  if (json.type !== 'hello' && json.type !== 'subscribe') return null
  const protocol = 'protocol' in json ? json.protocol : undefined
  if (protocol === PROTOCOL_VERSION) return null
  const theirs = Number.isSafeInteger(protocol)
    ? `speaks protocol ${protocol}`
    : 'does not say which protocol it speaks'
  return `the other side ${theirs}, this one speaks ${PROTOCOL_VERSION}`
}
