/**
 * What happens on the synthetic host, and when: a seeded mix of daemons at work, processes that come and go and
 * connections that open and close, at a mean rate with bursts. Its clock is handed in.
 */
import type { MonotonicWords } from '../monotonic.ts'
import { DAEMONS, type Daemon, PROGRAMS } from './cast.ts'
import type { Emit } from './emit.ts'
import { incoming, type Move, processLife } from './plots.ts'
import { Random } from './random.ts'
import type { Task } from './records.ts'
import { Stage } from './stage.ts'

/** A cycle has one burst; the rest is slower, so that the mean stays what was asked. */
const CYCLE_NS = 5e9
const BURST_NS = 0.25e9
const BURST_FACTOR = 6
const CALM_FACTOR = (CYCLE_NS - BURST_FACTOR * BURST_NS) / (CYCLE_NS - BURST_NS)
/** What did not happen while the thread was stopped for longer than this does not happen later either. */
const BACKLOG_NS = 1e9
/** Share of events that are system calls of the daemons; the others move a plot forward. */
const DAEMON_SHARE = 0.45
const PLOTS = 48
const FIRST_PID = 4_200
const MAX_PID = 4_194_304

interface Resident {
  daemon: Daemon
  task: Task
  /** Sum of the weights up to and with this one. */
  upTo: number
}

interface Plot {
  moves: Move[]
  next: number
}

export class Story {
  readonly #random: Random
  readonly #stage: Stage
  readonly #residents: Resident[]
  readonly #weight: number
  readonly #plots: Plot[] = []
  readonly #gapNs: number
  readonly #cpus: number
  #nextNs = 0
  #burstAtNs: number
  #pid = FIRST_PID
  #socket = 0n

  /** @param begin CLOCK_MONOTONIC at time 0 of `advance` */
  constructor(emit: Emit, seed: number, eventsPerSecond: number, begin: MonotonicWords) {
    this.#random = new Random(seed)
    this.#stage = new Stage(emit, this.#random, begin)
    this.#gapNs = 1e9 / eventsPerSecond
    this.#cpus = emit.cpus
    this.#burstAtNs = this.#random.unit() * (CYCLE_NS - BURST_NS)
    let upTo = 0
    this.#residents = DAEMONS.map((daemon, index) => {
      upTo += daemon.weight
      return { daemon, upTo, task: residentOf(daemon, index, emit.cpus) }
    })
    this.#weight = upTo
  }

  /** CLOCK_MONOTONIC that it has reached: what happened is not later, and what will happen is not earlier. */
  get time(): MonotonicWords {
    return this.#stage.time
  }

  /** Lets the producer that was interrupted go on. */
  resume(): void {
    this.#stage.resume()
  }

  /** Lets everything happen that happens before `untilNs`. */
  advance(untilNs: number): void {
    this.resume()
    this.#nextNs = Math.max(this.#nextNs, untilNs - BACKLOG_NS)
    while (this.#nextNs <= untilNs) {
      this.#stage.nowNs = Math.floor(this.#nextNs)
      if (this.#random.chance(DAEMON_SHARE)) this.#work()
      else this.#plot()
      this.#nextNs += (this.#gapNs / this.#factor()) * (0.5 + this.#random.unit())
    }
  }

  #factor(): number {
    const sinceBurst = (this.#nextNs % CYCLE_NS) - this.#burstAtNs
    return sinceBurst >= 0 && sinceBurst < BURST_NS ? BURST_FACTOR : CALM_FACTOR
  }

  #work(): void {
    const { daemon, task } = this.#resident()
    this.#stage.syscall(
      task,
      this.#random.pick(daemon.calls),
      this.#random.chance(0.08) ? -11 : this.#random.below(4096),
    )
  }

  #plot(): void {
    const index = this.#random.below(PLOTS)
    const plot = this.#plots[index] ?? this.#begin(index)
    plot.moves[plot.next]?.(this.#stage)
    plot.next += 1
    if (plot.next >= plot.moves.length) this.#begin(index)
  }

  #begin(index: number): Plot {
    const plot = { moves: this.#random.chance(0.6) ? this.#visit() : this.#launch(), next: 0 }
    this.#plots[index] = plot
    return plot
  }

  #visit(): Move[] {
    const { daemon, task } = this.#resident('serves')
    return incoming(this.#random, task, daemon, this.#newSocket())
  }

  #launch(): Move[] {
    const { daemon, task: parent } = this.#resident('launches')
    const child: Task = {
      ...(daemon.children ?? { uid: parent.uid, group: parent.group }),
      pid: this.#newPid(),
      parentPid: parent.pid,
      comm: parent.comm,
      cpu: this.#random.below(this.#cpus),
      startNs: 0n,
    }
    return processLife(this.#random, parent, child, this.#random.pick(PROGRAMS), this.#newSocket())
  }

  #resident(role?: Daemon['role']): Resident {
    for (;;) {
      const draw = this.#random.unit() * this.#weight
      const found = this.#residents.find(({ upTo }) => draw < upTo) as Resident
      if (role === undefined || found.daemon.role === role) return found
    }
  }

  #newPid(): number {
    this.#pid = this.#pid >= MAX_PID ? FIRST_PID : this.#pid + this.#random.between(1, 3)
    return this.#pid
  }

  #newSocket(): bigint {
    this.#socket += 1n
    return this.#socket
  }
}

function residentOf({ comm, uid, group }: Daemon, index: number, cpus: number): Task {
  const pid = index === 0 ? 1 : 300 + index * 37
  return { pid, parentPid: index === 0 ? 0 : 1, uid, comm, group, cpu: index % cpus, startNs: 0n }
}
