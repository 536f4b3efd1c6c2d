/** `ringside status`: health and ledger of the agent that runs on this host. */
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatShare,
  type Law,
  type Status,
  type StatusType,
  statusOf,
} from '@ringside/protocol'
import { messageOf } from '../problem.ts'
import { askStatus, currentRunDir, findAgent } from './ask-agent.ts'
import { EXIT } from './exit-codes.ts'
import { tableOf } from './table.ts'

export interface StatusOptions {
  json?: boolean
  link?: boolean
}

/** @returns the exit code */
export async function runStatus(options: StatusOptions, say: (text: string) => void): Promise<number> {
  const owner = findAgent()
  if (owner === null) {
    process.stderr.write(
      `No agent runs on this host (looked in ${currentRunDir()}).\n` +
        'Start one with `npm start`, or set RINGSIDE_RUN_DIR to the run directory of the one that you mean.\n',
    )
    return EXIT.noAgent
  }
  if (options.link) {
    say(`${owner.url}#token=${owner.token}`)
    return EXIT.ok
  }
  try {
    const { hello, health, control } = await askStatus(owner)
    const status = statusOf(hello, health, control)
    say(options.json ? JSON.stringify(status, null, 2) : describeStatus(status, owner.url))
    return EXIT.ok
  } catch (thrown) {
    process.stderr.write(`The agent (pid ${owner.pid}, ${owner.url}) cannot be asked: ${messageOf(thrown)}\n`)
    return EXIT.failed
  }
}

export function describeStatus(status: Status, url: string): string {
  const source = status.source === 'kernel' ? 'LIVE' : 'SYNTHETIC: not this host’s events'
  return [
    `Ringside ${status.agentVersion} · ${source} · ${status.host.name}, Linux ${status.host.kernel}`,
    transportLine(status),
    `${url} · up ${formatDuration(status.upMs * 1e6)} · ${formatCount(status.clients)} connected`,
    `Verdict since the start: ${status.verdict.text}`,
    ...status.verdict.notes.map((note) => `  ${note}`),
    '',
    slotTable(status),
    '',
    typeTable(status),
    '',
    `published ${formatCount(status.published)} · withheld ${formatCount(status.withheld)} · ` +
      `missed ${status.missed === null ? 'unknown: this kernel does not tell' : formatCount(status.missed)}`,
    ...untabledLine(status.untabled),
    '',
    lawTable(status.laws),
    ...status.lawsElsewhere.map(({ id, text }) => `   ${id}  ${text}`),
  ].join('\n')
}

function transportLine({ transport, transportReason, layout, order, filters }: Status): string {
  const buffers = transport === 'ring' ? 'ring buffers' : 'perf buffers, one for each CPU'
  const why = transportReason === null ? '' : ` (${transportReason})`
  const shown = order.mode === 'time' ? `by time within ${order.windowMs} ms` : 'as read, per CPU'
  const filter = filters.length === 0 ? 'none' : filters.join(', ')
  return `${buffers}${why} · layout ${layout} · order ${shown} · filter in the kernel: ${filter}`
}

function slotTable(status: Status): string {
  const rows = status.slots.map((slot) => [
    slot.name,
    formatCount(slot.parts),
    formatBytes(slot.capacityBytes),
    formatBytes(slot.usedBytes),
    formatBytes(slot.highWaterEverBytes),
    formatCount(slot.gaps),
    formatCount(slot.tail),
    slot.shedding ? 'shedding' : slot.reader,
  ])
  const head = ['buffer', 'parts', 'capacity', 'used', 'high-water', 'gaps', 'tail', 'state']
  return tableOf([head, ...rows], [false, true, true, true, true, true, true, false])
}

const COUNTS = [
  'seen',
  'filtered',
  'sampled',
  'shed',
  'aggregated',
  'dropped',
  'submitted',
  'consumed',
  'decoded',
  'malformed',
] as const

function typeTable(status: Status): string {
  const rows = status.slots.flatMap((slot) =>
    slot.types.map((type) => [slot.name, nameOf(type), ...COUNTS.map((count) => formatCount(type[count]))]),
  )
  return tableOf([['buffer', 'type', ...COUNTS], ...rows], [false, false, ...COUNTS.map(() => true)])
}

/** A type that is off counts nothing: its numbers are of before. */
function nameOf({ name, enabled, mode, rate }: StatusType): string {
  const notes = enabled ? [] : ['off']
  if (mode !== 'events') notes.push(mode === 'both' ? 'sent and counted' : 'counted in tables')
  if (rate < 1) notes.push(`sampling ${formatShare(rate)}`)
  return notes.length === 0 ? name : `${name} (${notes.join(', ')})`
}

function untabledLine({ connections, windows, heavy }: Status['untabled']): string[] {
  if (connections + windows + heavy === 0) return []
  return [
    `no room in the tables of the kernel: connections ${formatCount(connections)} · windows ${formatCount(windows)} · ` +
      `heavy hitters ${formatCount(heavy)}`,
  ]
}

function lawTable(laws: readonly Law[]): string {
  const marks = { exact: '✓', 'in flight': '…', violated: '✗' } as const
  return tableOf(
    laws.map((law) => [marks[law.verdict], law.id, law.text]),
    [false, false, false],
  )
}
