/** Makes one event at a time happen: begin, fill the record, commit, at the time that the story has reached. */
import { ABI, DIRECTION } from '../abi.ts'
import type { MonotonicWords } from '../monotonic.ts'
import type { About, Address, Conn } from './about.ts'
import type { Emit, Held } from './emit.ts'
import type { Random } from './random.ts'
import * as write from './records.ts'

const { rs_fork, rs_exec, rs_exec2, rs_exit, rs_open, rs_tcp, rs_syscall } = ABI.structs
const TYPE = { fork: 1, exec: 2, exit: 3, open: 4, tcp: 5, packet: 6, syscall: 7 } as const
const TWO_32 = 2 ** 32
/** How often a packet's producer is interrupted between reserve and submit. */
const INTERRUPTED = 1 / 2048
const SEGMENT_BYTES = 1500

/** One side's view of an IPv4 connection. */
export interface Tuple {
  local: Address
  localPort: number
  remote: Address
  remotePort: number
}

export class Stage {
  readonly random: Random
  /** ns since the source began. */
  nowNs = 0
  readonly #emit: Emit
  readonly #origin: MonotonicWords
  #held: Held | null = null

  constructor(emit: Emit, random: Random, begin: MonotonicWords) {
    this.#emit = emit
    this.random = random
    this.#origin = begin
  }

  /** CLOCK_MONOTONIC now, as records carry it. */
  get time(): MonotonicWords {
    const low = this.#origin.lo + this.nowNs
    return { hi: this.#origin.hi + Math.floor(low / TWO_32), lo: low % TWO_32 }
  }

  get timeNs(): bigint {
    const { hi, lo } = this.time
    return (BigInt(hi) << 32n) | BigInt(lo)
  }

  fork(parent: write.Task, child: write.Task): void {
    if (this.#begin(TYPE.fork, parent, rs_fork.bytes)) this.#commit(write.writeFork(this.#emit.view, child))
  }

  exec(task: write.Task, path: string): void {
    const isFirst = this.#emit.versionOf(TYPE.exec) === 1
    if (!this.#begin(TYPE.exec, task, isFirst ? rs_exec.bytes : rs_exec2.bytes)) return
    const { view } = this.#emit
    this.#commit(isFirst ? write.writeExec(view, task, path) : write.writeExec2(view, task, path))
  }

  exit(task: write.Task, code: number, signal: number): void {
    if (this.#begin(TYPE.exit, task, rs_exit.bytes)) {
      this.#commit(write.writeExit(this.#emit.view, task, code, signal))
    }
  }

  open(task: write.Task, opening: write.Opening): void {
    if (this.#begin(TYPE.open, task, rs_open.bytes)) this.#commit(write.writeOpen(this.#emit.view, opening))
  }

  syscall(task: write.Task, nr: number, result: number): void {
    if (this.#begin(TYPE.syscall, task, rs_syscall.bytes, nr)) {
      this.#commit(write.writeSyscall(this.#emit.view, nr, result))
    }
  }

  /** @param task null: the change comes from an interrupt, which belongs to no process */
  tcp(task: write.Task | null, cpu: number, tuple: Tuple, socket: bigint, from: number, to: number): void {
    const conn = connOf(tuple, false)
    const level = task === null ? 1 : 0
    const bytes = rs_tcp.bytes
    if (!this.#asked({ type: TYPE.tcp, cpu, level, bytes, process: task, call: null, conn, segments: 0 })) return
    if (task !== null) write.writeTask(this.#emit.view, task)
    this.#commit(write.writeTcp(this.#emit.view, conn, socket, from, to))
  }

  packet(cpu: number, tuple: Tuple, inward: boolean, tcpFlags: number, length: number): void {
    const level = inward && this.random.chance(0.5) ? 1 : 0
    // Drawn whatever becomes of the packet: the same story is told under all controls.
    const interrupted = this.random.chance(INTERRUPTED)
    const conn = connOf(tuple, inward)
    const segments = Math.max(1, Math.ceil(length / SEGMENT_BYTES))
    const about = { type: TYPE.packet, cpu, level, bytes: length, process: null, call: null, conn, segments }
    if (!this.#asked(about)) return
    const size = write.writePacket(this.#emit.view, conn, tcpFlags, length, segments)
    if (this.#held === null && interrupted) this.#interrupt(size)
    else this.#commit(size)
  }

  /** Lets the interrupted producer go on. */
  resume(): void {
    const held = this.#held
    this.#held = null
    if (held !== null) this.#emit.release(held)
  }

  #begin(type: number, task: write.Task, bytes: number, call: number | null = null): boolean {
    if (!this.#asked({ type, cpu: task.cpu, level: 0, bytes, process: task, call, conn: null, segments: 0 }))
      return false
    write.writeTask(this.#emit.view, task)
    return true
  }

  #asked(about: About): boolean {
    return this.#emit.begin(about, this.time)
  }

  #commit(size: number): void {
    this.#emit.commit(size, this.time)
  }

  #interrupt(size: number): void {
    const held = this.#emit.hold(size, this.time)
    this.#held = held === null ? null : { ...held, record: held.record.slice() }
  }
}

/** A packet's addresses are its source and destination, whichever of them is this host. */
function connOf({ local, localPort, remote, remotePort }: Tuple, inward: boolean): Conn {
  return {
    source: inward ? remote : local,
    sourcePort: inward ? remotePort : localPort,
    destination: inward ? local : remote,
    destinationPort: inward ? localPort : remotePort,
    direction: inward ? DIRECTION.in : DIRECTION.out,
  }
}
