/** Lives of processes and connections, as lists of moves: each move is one event, in the order a real host makes them. */
import { type Daemon, HOST_ADDRESS, LOADER_FILES, PEERS, type Program, SERVED_FILES } from './cast.ts'
import type { Random } from './random.ts'
import type { Task } from './records.ts'
import type { Stage, Tuple } from './stage.ts'

export type Move = (stage: Stage) => void

/** include/net/tcp_states.h */
const TCP = {
  established: 1,
  synSent: 2,
  synRecv: 3,
  finWait1: 4,
  finWait2: 5,
  close: 7,
  closeWait: 8,
  lastAck: 9,
  listen: 10,
}
const FIN = 1
const SYN = 2
const PSH = 8
const ACK = 16
const HEADERS_BYTES = 52
const SEGMENT_BYTES = 1500
const O_RDONLY = 0
const O_CLOEXEC = 0o2000000
const ENOENT = -2
const SYSCALL = { read: 0, write: 1, close: 3, mmap: 9, connect: 42, accept4: 288 }
const SIGKILL = 9
const SIGSEGV = 11
const CORE_DUMPED = 0x80

/** fork, exec, the loader's files, its own files, perhaps a connection, work, exit. */
export function processLife(random: Random, parent: Task, child: Task, program: Program, socket: bigint): Move[] {
  const name = program.path.slice(program.path.lastIndexOf('/') + 1)
  const moves: Move[] = [
    (stage) => {
      child.startNs = stage.timeNs
      stage.fork(parent, child)
    },
    (stage) => {
      child.comm = name
      stage.exec(child, program.path)
    },
  ]
  for (const file of [...LOADER_FILES, ...program.files]) {
    moves.push(opens(child, numbered(random, file), random.chance(0.06)), calls(child, SYSCALL.read, 832))
    if (file.includes('.so')) moves.push(calls(child, SYSCALL.mmap, 0))
    moves.push(calls(child, SYSCALL.close, 0))
  }
  if (program.connects) moves.push(...outgoing(random, child, socket))
  for (let i = random.between(2, 12); i > 0; i -= 1) moves.push(calls(child, SYSCALL.write, random.between(1, 4096)))
  const ended = random.unit()
  const signal = ended < 0.01 ? SIGSEGV | CORE_DUMPED : ended < 0.03 ? SIGKILL : 0
  moves.push((stage) => stage.exit(child, signal === 0 && ended > 0.92 ? 1 : 0, signal))
  return moves
}

/** A peer connects to a server, is served a file, and the server closes. States before accept come from interrupts. */
export function incoming(random: Random, server: Task, daemon: Daemon, socket: bigint): Move[] {
  const tuple: Tuple = {
    local: HOST_ADDRESS,
    localPort: daemon.port,
    remote: peer(random),
    remotePort: random.between(32768, 60999),
  }
  const { cpu } = server
  const state =
    (task: Task | null, from: number, to: number): Move =>
    (stage) =>
      stage.tcp(task, cpu, tuple, socket, from, to)
  const packet = packets(cpu, tuple)
  const moves = [
    packet(true, SYN, HEADERS_BYTES + 8),
    state(null, TCP.listen, TCP.synRecv),
    packet(false, SYN | ACK, HEADERS_BYTES + 8),
    packet(true, ACK, HEADERS_BYTES),
    state(null, TCP.synRecv, TCP.established),
    calls(server, SYSCALL.accept4, random.between(8, 200)),
    packet(true, PSH | ACK, random.between(200, 900)),
    calls(server, SYSCALL.read, random.between(150, 850)),
    opens(server, numbered(random, random.pick(SERVED_FILES)), random.chance(0.02)),
  ]
  for (let i = random.between(1, 8); i > 0; i -= 1) {
    moves.push(calls(server, SYSCALL.write, 8192), packet(false, PSH | ACK, SEGMENT_BYTES * random.between(1, 6)))
    moves.push(packet(true, ACK, HEADERS_BYTES))
  }
  moves.push(
    state(server, TCP.established, TCP.finWait1),
    packet(false, FIN | ACK, HEADERS_BYTES),
    packet(true, ACK, HEADERS_BYTES),
    state(null, TCP.finWait1, TCP.finWait2),
    packet(true, FIN | ACK, HEADERS_BYTES),
    packet(false, ACK, HEADERS_BYTES),
    state(null, TCP.finWait2, TCP.close),
  )
  return moves
}

/** A process connects to a peer, which closes first. The source port is not known before the SYN is sent. */
function outgoing(random: Random, client: Task, socket: bigint): Move[] {
  const tuple: Tuple = {
    local: HOST_ADDRESS,
    localPort: random.between(32768, 60999),
    remote: peer(random),
    remotePort: random.pick([443, 443, 80, 5432, 22]),
  }
  const { cpu } = client
  const state =
    (task: Task | null, from: number, to: number, seen = tuple): Move =>
    (stage) =>
      stage.tcp(task, cpu, seen, socket, from, to)
  const packet = packets(cpu, tuple)
  const moves = [
    state(client, TCP.close, TCP.synSent, { ...tuple, localPort: 0 }),
    packet(false, SYN, HEADERS_BYTES + 8),
    calls(client, SYSCALL.connect, 0),
    packet(true, SYN | ACK, HEADERS_BYTES + 8),
    state(null, TCP.synSent, TCP.established),
    packet(false, ACK, HEADERS_BYTES),
    packet(false, PSH | ACK, random.between(200, 700)),
  ]
  for (let i = random.between(1, 6); i > 0; i -= 1) {
    moves.push(packet(true, ACK, SEGMENT_BYTES * random.between(1, 4)), calls(client, SYSCALL.read, 4096))
  }
  moves.push(
    packet(true, FIN | ACK, HEADERS_BYTES),
    state(null, TCP.established, TCP.closeWait),
    state(client, TCP.closeWait, TCP.lastAck),
    packet(false, FIN | ACK, HEADERS_BYTES),
    packet(true, ACK, HEADERS_BYTES),
    state(null, TCP.lastAck, TCP.close),
  )
  return moves
}

function packets(cpu: number, tuple: Tuple) {
  return (inward: boolean, flags: number, length: number): Move =>
    (stage) =>
      stage.packet(cpu, tuple, inward, flags, length)
}

function opens(task: Task, path: string, missing: boolean): Move {
  return (stage) => {
    const result = missing ? ENOENT : stage.random.between(3, 60)
    stage.open(task, { path, result, flags: O_RDONLY | O_CLOEXEC, mode: 0 })
  }
}

function calls(task: Task, nr: number, result: number): Move {
  return (stage) => stage.syscall(task, nr, result)
}

function numbered(random: Random, path: string): string {
  return path.replace('*', String(random.between(1, 400)))
}

/** Squared: the first peers come up far more often than the last ones. */
function peer(random: Random): Tuple['remote'] {
  return PEERS[Math.floor(random.unit() ** 2 * PEERS.length)] as Tuple['remote']
}
