/** The architecture as a table: who may import whom. What is not listed is forbidden; `npm run check` enforces it. */

const AGENT = 'apps/agent/src'
const AGENT_ROOMS = [
  AGENT,
  ...['source', 'ingest', 'aggregate', 'health', 'control', 'serve', 'cli'].map((name) => `${AGENT}/${name}`),
]
const KERNEL_ROOMS = [`${AGENT}/source/kernel`, `${AGENT}/source/synthetic`, 'packages/bpf', 'packages/native']
/** The contracts that threads and rooms share: offsets of records, the source's interfaces, the threads' messages. */
const ABI = `${AGENT}/source/abi.ts`
const SOURCE = `${AGENT}/source/source.ts`
const SKETCH = `${AGENT}/source/sketch-cell.ts`
/** The rule of a swap, and the bytes of the filter's rules: of the kernel source, without anything of the kernel. */
const BOTH_SOURCES = [`${AGENT}/source/kernel/lane.ts`, `${AGENT}/source/kernel/filter-bytes.ts`]
const MESSAGES = `${AGENT}/ingest/messages.ts`
/** What ingest makes of a chunk's bytes; the ledger and the top tables are made from it, before the rest of ingest. */
const RECORDS = ['scan', 'sequence', 'records', 'sockets'].map((name) => `${AGENT}/ingest/${name}.ts`)
const LEDGER = `${AGENT}/health/rows.ts`

/**
 * A file belongs to the room with the longest folder that it lies in, and may import its own room and those of `may`.
 * An entry of `may` is a room, or a single file of one. `node`: may use Node's built-in modules.
 * @type {{ room: string, may: string[], node: boolean }[]}
 */
export const ROOMS = [
  { room: 'packages/bpf', may: [], node: true },
  { room: 'packages/native', may: [], node: true },
  { room: 'packages/protocol', may: [], node: true },
  { room: 'packages/protocol/src', may: [], node: false },

  { room: 'apps/agent', may: [`${AGENT}/cli`], node: true },
  { room: AGENT, may: ['packages/protocol'], node: false },
  {
    room: `${AGENT}/source`,
    may: [AGENT, `${AGENT}/source/kernel`, `${AGENT}/source/synthetic`, 'packages/protocol'],
    node: true,
  },
  {
    room: `${AGENT}/source/kernel`,
    may: [AGENT, `${AGENT}/source`, 'packages/bpf', 'packages/native', 'packages/protocol'],
    node: true,
  },
  {
    room: `${AGENT}/source/synthetic`,
    may: [AGENT, `${AGENT}/source`, ...BOTH_SOURCES, 'packages/protocol'],
    node: true,
  },
  { room: `${AGENT}/health`, may: [ABI, SOURCE, ...RECORDS, MESSAGES, 'packages/protocol'], node: false },
  { room: `${AGENT}/aggregate`, may: [ABI, SOURCE, SKETCH, ...RECORDS, LEDGER, 'packages/protocol'], node: false },
  {
    room: `${AGENT}/ingest`,
    may: [`${AGENT}/source`, `${AGENT}/aggregate`, `${AGENT}/health`, 'packages/protocol'],
    node: true,
  },
  { room: `${AGENT}/control`, may: [AGENT, ABI, SOURCE, MESSAGES, 'packages/protocol'], node: true },
  { room: `${AGENT}/serve`, may: [AGENT, MESSAGES, 'packages/protocol'], node: true },
  { room: `${AGENT}/cli`, may: [...AGENT_ROOMS, 'packages/protocol'], node: true },
  { room: 'apps/agent/bench', may: ['apps/agent', ...AGENT_ROOMS, ...KERNEL_ROOMS, 'packages/protocol'], node: true },
  { room: 'apps/agent/test', may: ['apps/agent', ...AGENT_ROOMS, ...KERNEL_ROOMS, 'packages/protocol'], node: true },

  { room: 'apps/web', may: ['packages/protocol'], node: true },
  { room: 'apps/web/connection', may: ['packages/protocol'], node: false },
  { room: 'apps/web/store', may: ['apps/web/connection', 'packages/protocol'], node: false },
  { room: 'apps/web/view', may: ['apps/web/store', 'apps/web/connection', 'packages/protocol'], node: false },
  {
    room: 'apps/web/app',
    may: ['apps/web/view', 'apps/web/store', 'apps/web/connection', 'packages/protocol'],
    node: false,
  },
  {
    room: 'apps/web/test',
    may: ['apps/web/app', 'apps/web/view', 'apps/web/store', 'apps/web/connection', 'packages/protocol'],
    node: true,
  },

  { room: 'e2e', may: [], node: true },
  { room: 'scripts', may: [], node: true },
]

/** Parts without clock, I/O and logging: the same input gives the same output, on any thread, on any day. */
export const PURE = [
  /^packages\/protocol\/src\//,
  /^apps\/agent\/src\/source\/(abi|sketch-cell)\.ts$/,
  /^apps\/agent\/src\/(aggregate|health)\//,
  /^apps\/agent\/src\/ingest\/(?!(ingest|worker)\.ts$)/,
  /^apps\/agent\/src\/control\/(?!controller\.ts$)/,
  /^apps\/web\/connection\/state\.ts$/,
  /^apps\/web\/store\/(event-log|history|late|markers|matches|slots|verdict|volume|windows)\.ts$/,
]

export const IMPURE_GLOBALS = ['Date', 'performance', 'console', 'process', 'setTimeout', 'setInterval', 'fetch']

/** Workspace names as they are imported → their room. */
export const WORKSPACES = {
  '@ringside/bpf': 'packages/bpf',
  '@ringside/native': 'packages/native',
  '@ringside/protocol': 'packages/protocol',
  '@ringside/web': 'apps/web',
  '@ringside/e2e': 'e2e',
  ringside: 'apps/agent',
}
