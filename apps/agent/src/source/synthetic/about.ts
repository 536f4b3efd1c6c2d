/** What is known of an event before its record is built: all that the filter and the tables ask about. */
import type { ControlGroup } from './groups.ts'

export type Address = readonly [number, number, number, number]

export interface Process {
  pid: number
  uid: number
  comm: string
  group: ControlGroup
}

/** An IPv4 connection as it stands in a record. */
export interface Conn {
  source: Address
  sourcePort: number
  destination: Address
  destinationPort: number
  /** enum rs_direction. */
  direction: number
}

export interface About {
  type: number
  cpu: number
  level: number
  /** Of a packet its length, else of the record without its path. */
  bytes: number
  /** null: it comes from an interrupt, which belongs to no process. */
  process: Process | null
  /** Number of the system call that it is, else null. */
  call: number | null
  conn: Conn | null
  /** Of a packet, else 0. */
  segments: number
}
