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

/** [HS2] Both first messages, hello and subscribe, say what their sender speaks. */
function otherVersion(json: unknown): string | null {
  if (typeof json !== 'object' || json === null || !('type' in json) || !('protocol' in json)) return null
  if (json.type !== 'hello' && json.type !== 'subscribe') return null
  const { protocol } = json
  if (typeof protocol !== 'number' || protocol === PROTOCOL_VERSION) return null
  return `the other side speaks protocol ${protocol}, this one ${PROTOCOL_VERSION}`
}
