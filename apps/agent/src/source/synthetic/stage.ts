/** Makes one event at a time happen: begin, fill the record, commit, at the time that the story has reached. */
import type { MonotonicWords } from '../monotonic.ts'
import type { Emit, Held } from './emit.ts'
import type { Random } from './random.ts'
import * as write from './records.ts'

const TYPE = { fork: 1, exec: 2, exit: 3, open: 4, tcp: 5, packet: 6, syscall: 7 } as const
const TWO_32 = 2 ** 32
/** How often a packet's producer is interrupted between reserve and submit. */
const INTERRUPTED = 1 / 2048

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
    if (this.#begin(TYPE.fork, parent)) this.#commit(write.writeFork(this.#emit.view, child))
  }

  exec(task: write.Task, path: string): void {
    if (this.#begin(TYPE.exec, task)) this.#commit(write.writeExec(this.#emit.view, task, path))
  }

  exit(task: write.Task, code: number, signal: number): void {
    if (this.#begin(TYPE.exit, task)) this.#commit(write.writeExit(this.#emit.view, task, code, signal))
  }

  open(task: write.Task, opening: write.Opening): void {
    if (this.#begin(TYPE.open, task)) this.#commit(write.writeOpen(this.#emit.view, opening))
  }

  syscall(task: write.Task, nr: number, result: number): void {
    if (this.#begin(TYPE.syscall, task)) this.#commit(write.writeSyscall(this.#emit.view, nr, result))
  }

  /** @param task null: the change comes from an interrupt, which belongs to no process */
  tcp(task: write.Task | null, cpu: number, tuple: write.Tuple, socket: bigint, from: number, to: number): void {
    const { localPort, remotePort } = tuple
    if (!this.#emit.begin(TYPE.tcp, cpu, task === null ? 1 : 0, task?.pid ?? 0, localPort, remotePort)) return
    if (task !== null) write.writeTask(this.#emit.view, task)
    this.#commit(write.writeTcp(this.#emit.view, tuple, socket, from, to))
  }

  packet(cpu: number, tuple: write.Tuple, inward: boolean, tcpFlags: number, length: number): void {
    const level = inward && this.random.chance(0.5) ? 1 : 0
    if (!this.#emit.begin(TYPE.packet, cpu, level, 0, tuple.localPort, tuple.remotePort)) return
    const size = write.writePacket(this.#emit.view, tuple, inward, tcpFlags, length)
    if (this.#held === null && this.random.chance(INTERRUPTED)) this.#interrupt(size)
    else this.#commit(size)
  }

  /** Lets the interrupted producer go on. */
  resume(): void {
    const held = this.#held
    this.#held = null
    if (held !== null) this.#emit.release(held)
  }

  #begin(type: number, task: write.Task): boolean {
    if (!this.#emit.begin(type, task.cpu, 0, task.pid)) return false
    write.writeTask(this.#emit.view, task)
    return true
  }

  #commit(size: number): void {
    this.#emit.commit(size, this.time)
  }

  #interrupt(size: number): void {
    const held = this.#emit.hold(size, this.time)
    this.#held = held === null ? null : { ...held, record: held.record.slice() }
  }
}
