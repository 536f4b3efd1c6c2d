/** Finds the agent that runs on this host, by its owner record, and asks it. */
import { type Control, type Health, type Hello, parseAgentMessage } from '@ringside/protocol'
import { type OwnerRecord, readLiveRecord } from './owner/record.ts'
import { runDirOf } from './owner/run-dir.ts'

const TIMEOUT_MS = 5000

export interface AgentStatus {
  hello: Hello
  health: Health
  control: Control
}

/** @returns null: no agent runs here */
export function findAgent(): OwnerRecord | null {
  return readLiveRecord(currentRunDir())
}

export function currentRunDir(): string {
  return runDirOf(process.env, process.geteuid?.() ?? 0)
}

/** Throws when the agent does not answer, or not in the words that this version knows. */
export async function askStatus({ port, token }: OwnerRecord): Promise<AgentStatus> {
  const response = await fetch(`http://127.0.0.1:${port}/api/status`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (!response.ok) throw new Error(`it answers ${response.status}: ${await response.text()}`)
  const body = (await response.json()) as Record<keyof AgentStatus, unknown>
  return {
    hello: messageOf(body.hello, 'hello'),
    health: messageOf(body.health, 'health'),
    control: messageOf(body.control, 'control'),
  }
}

type Message<Type extends keyof AgentStatus> = AgentStatus[Type]

/** The parts of a status are the messages of the socket, and checked like them. */
function messageOf<Type extends keyof AgentStatus>(json: unknown, type: Type): Message<Type> {
  const parsed = parseAgentMessage(JSON.stringify(json))
  if (!parsed.ok) throw new Error(`its ${type} cannot be read: ${parsed.message}`)
  if (parsed.value.type !== type) throw new Error(`it sent ${parsed.value.type} for ${type}`)
  return parsed.value as Message<Type>
}
