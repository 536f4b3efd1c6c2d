/** `ringside serve`: one agent on this host, from its start to its end, and what the terminal says about both. */
import { resolve } from 'node:path'
import {
  formatCount,
  formatDuration,
  type Health,
  type Preset,
  SLOT_NAMES,
  type SlotName,
  type Transport,
  verdictOf,
} from '@ringside/protocol'
import type { Chosen } from '../control/settings.ts'
import { codeOf, messageOf } from '../problem.ts'
import { parseProxies } from '../serve/request-facts.ts'
import { newToken } from '../serve/session.ts'
import { type SourceChoice, SourceError, type TransportChoice } from '../source/open-host.ts'
import { currentRunDir } from './ask-agent.ts'
import { capacitiesRefusal } from './choices.ts'
import { Ending } from './ending.ts'
import { EXIT } from './exit-codes.ts'
import { takeLock } from './owner/lock.ts'
import { readLiveRecord, removeRecord, startTimeOf, writeRecord } from './owner/record.ts'
import { makeRunDir } from './owner/run-dir.ts'
import { Agent } from './run/agent.ts'
import { selfTest } from './self-test.ts'
import { WEB_FOLDER } from './web-folder.ts'

/** The name of a slot: the capacity that was given for it. */
export interface ServeOptions extends Partial<Record<SlotName, number>> {
  port: number
  source: SourceChoice
  transport: TransportChoice
  layout: Preset
  seed: number
  syntheticRate: number
  publicUrl: URL[]
  trustedProxy: string[]
  basePath: string
  showSelf: boolean
}

interface SelfTestLine {
  ok: boolean
  text: string
}

/** @returns the exit code, when the agent has ended */
export async function runServe(options: ServeOptions, version: string): Promise<number> {
  const refused = capacitiesRefusal(chosenOf(options), options.layout)
  if (refused !== null) return fail(refused)
  const ending = new Ending()
  const runDir = currentRunDir()
  makeRunDir(runDir, process.geteuid?.() ?? 0)
  if (takeLock(runDir) === null) return refuseSecond(runDir)

  let agent: Agent | null
  try {
    agent = await Promise.race([begin(options, version, runDir, ending), ending.signalled])
  } catch (thrown) {
    return fail(describeFailure(thrown, options.port))
  }
  if (agent === null) {
    removeRecord(runDir)
    say('Stopped before the start was over.')
    return EXIT.ok
  }
  const failure = await ending.asked
  return stop(agent, failure, runDir)
}

/** Rejects with what kept the agent from starting. */
async function begin(options: ServeOptions, version: string, runDir: string, ending: Ending): Promise<Agent> {
  const token = newToken()
  const agent = await Agent.start({
    ...options,
    version,
    token,
    doors: {
      publicUrls: options.publicUrl,
      trustedProxies: parseProxies(options.trustedProxy),
      basePath: options.basePath,
    },
    script: resolve(process.argv[1] ?? ''),
    webFolder: WEB_FOLDER,
    eventsPerSecond: options.syntheticRate,
    chosen: chosenOf(options),
    onFailure: (message) => ending.ask(message),
  })
  const tested = agent.source === 'kernel' ? await testEmit(agent.transport) : null
  const url = `http://127.0.0.1:${agent.port}${options.basePath}/`
  const pid = process.pid
  writeRecord(runDir, {
    pid,
    startTime: startTimeOf(pid) ?? '',
    port: agent.port,
    url,
    token,
    version,
    selfTest: tested,
  })
  announce(agent, url, token, options, tested)
  return agent
}

function chosenOf(options: ServeOptions): Chosen {
  return Object.fromEntries(SLOT_NAMES.flatMap((slot) => (options[slot] === undefined ? [] : [[slot, options[slot]]])))
}

async function testEmit(transport: Transport): Promise<SelfTestLine> {
  try {
    const { ok, text } = await selfTest(transport)
    return { ok, text }
  } catch (thrown) {
    return { ok: false, text: `it could not be run: ${messageOf(thrown)}` }
  }
}

function announce(agent: Agent, url: string, token: string, options: ServeOptions, tested: SelfTestLine | null): void {
  if (agent.source === 'synthetic') sayLoudly(syntheticNotice(agent.sourceReason))
  if (agent.transport === 'perf') say(perfNotice(agent.transportReason))
  if (tested?.ok) say(`Self-test: ${tested.text}.`)
  else if (tested !== null) sayLoudly(`The self-test FAILED: ${tested.text}.\nDo not trust the numbers.`)
  say(`Ringside is open at ${url}#token=${token}`)
  for (const publicUrl of options.publicUrl)
    say(`            and at ${publicUrl.href.replace(/\/*$/, '/')}#token=${token}`)
}

function syntheticNotice(reason: string | null): string {
  const why = reason === null ? '' : `\nThe kernel cannot be watched: ${reason}`
  return `SYNTHETIC: what you will see is made up, not this host's events.${why}`
}

function perfNotice(reason: string | null): string {
  return `Events come through perf buffers, one for each CPU${reason === null ? '' : `: ${reason}`}.`
}

async function stop(agent: Agent, failure: string | null, runDir: string): Promise<number> {
  if (failure !== null) agent.refuseAll(`events can no longer be read: ${failure}`)
  removeRecord(runDir)
  const health = await agent.stop()
  if (health !== null) say(summaryOf(health))
  return failure === null ? EXIT.ok : fail(`Events can no longer be read: ${failure}`)
}

function summaryOf(health: Health): string {
  const sum = (count: (fates: Health['fates'][number]) => number) =>
    formatCount(health.fates.reduce((total, fates) => total + count(fates), 0))
  const dropped = sum(({ dropped: { full, oversize, noReader, other } }) => full + oversize + noReader + other)
  return (
    `Stopped after ${formatDuration(health.upMs * 1e6)}: ${sum((fates) => fates.seen)} seen, ` +
    `${sum((fates) => fates.consumed)} consumed, ${dropped} dropped; ${verdictOf(null, health).text}.`
  )
}

function refuseSecond(runDir: string): number {
  const other = readLiveRecord(runDir)
  const who =
    other === null ? 'Another agent is starting here' : `An agent runs here already: pid ${other.pid}, ${other.url}`
  process.stderr.write(
    `${who} (${runDir}).\nStop it first${other === null ? '' : ` (kill ${other.pid})`}, ` +
      'or set RINGSIDE_RUN_DIR to another folder for this one.\n',
  )
  return EXIT.otherAgent
}

function describeFailure(thrown: unknown, port: number): string {
  if (thrown instanceof SourceError) {
    const log = thrown.log === '' ? '' : `\n${thrown.log}`
    return `The kernel cannot be watched: ${thrown.message}${log}\nTo mend this: ${thrown.hint}`
  }
  if (codeOf(thrown) === 'EADDRINUSE') {
    return `Port ${port} is taken.\nTo mend this: choose another with --port, or a free one with --port 0`
  }
  return `The agent could not start: ${messageOf(thrown)}`
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`)
  return EXIT.failed
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

const RULE = '!'.repeat(100)

function sayLoudly(text: string): void {
  say(`\n${RULE}\n${text}\n${RULE}\n`)
}
