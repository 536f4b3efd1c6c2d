/** The command line: commands and options to functions, functions to exit codes. */
import { createRequire } from 'node:module'
import { SLOT_NAMES, TRANSPORTS } from '@ringside/protocol'
import { Command, Option } from 'commander'
import { DEFAULT_PRESET } from '../control/settings.ts'
import { messageOf } from '../problem.ts'
import {
  basePathOf,
  capacityHelp,
  capacityOf,
  LAYOUTS,
  listOf,
  portOf,
  positiveOf,
  publicUrlsOf,
  wholeOf,
} from './choices.ts'
import { type CompareCliOptions, runCompare } from './compare/run.ts'
import { runDoctor } from './doctor.ts'
import { EXIT } from './exit-codes.ts'
import { runServe, type ServeOptions } from './serve.ts'
import { runStatus, type StatusOptions } from './status.ts'

const DEFAULT_PORT = 7070
const DEFAULT_SYNTHETIC_RATE = 2000
const DEFAULT_COMPARE_SECONDS = 1
const VERSION = (createRequire(import.meta.url)('../../package.json') as { version: string }).version

const program = new Command('ringside')
  .description('A ringside seat at the BPF event pipeline of this host')
  .version(VERSION)
  .showHelpAfterError('(ringside --help tells more)')

const serve = program
  .command('serve')
  .description('watch the kernel, and serve the page')
  .option('--port <port>', 'port on loopback; 0: a free one', portOf, DEFAULT_PORT)
  .addOption(
    new Option('--source <source>', 'auto: the kernel, or where that cannot be, made-up events, and it says so')
      .choices(['auto', 'kernel', 'synthetic'])
      .default('auto'),
  )
  .addOption(
    new Option('--transport <transport>', 'auto: ring buffers where the kernel has them, else perf buffers')
      .choices(['auto', ...TRANSPORTS])
      .default('auto'),
  )
  .addOption(
    new Option('--layout <preset>', 'which events go to which buffer at the start')
      .choices(LAYOUTS)
      .default(DEFAULT_PRESET),
  )
  .option('--seed <number>', 'seed of the synthetic source', wholeOf, 1)
  .option('--synthetic-rate <events>', 'synthetic events a second', wholeOf, DEFAULT_SYNTHETIC_RATE)
  .option('--public-url <url>', 'address under which a proxy shows the page (repeatable)', publicUrlsOf, [])
  .option('--trusted-proxy <address>', 'address or subnet whose X-Forwarded-* count (repeatable)', listOf, [])
  .option('--base-path <path>', 'path below which the page is served', basePathOf, '')
  .option('--show-self', "show the agent's own events too", false)
for (const slot of SLOT_NAMES) {
  serve.option(`--${slot} <size>`, capacityHelp(slot), capacityOf(slot))
}
serve.action((options: ServeOptions) => finish(runServe(options, VERSION)))

program
  .command('doctor')
  .description('what this host can do, item by item, with the mend')
  .option('--json', 'as JSON')
  .action((options: { json?: boolean }) => finish(runDoctor(options, say)))

program
  .command('status')
  .description('health and ledger of the agent that runs on this host; exit code 3: none does')
  .option('--json', 'as JSON, documented in packages/protocol/SPEC.md')
  .option('--link', 'only the link that opens the page')
  .action((options: StatusOptions) => finish(runStatus(options, say)))

program
  .command('compare')
  .description('measure ring buffers and perf buffers with one load; nothing that is watched changes')
  .option('--json', 'as JSON')
  .option('--seconds <number>', 'of each of its 18 runs', positiveOf, DEFAULT_COMPARE_SECONDS)
  .action((options: CompareCliOptions) => finish(runCompare(options, say)))

// Whoever read along has gone: that is told to nobody, and the agent's end stays an orderly one.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

await program.parseAsync()

/** Ends the process: timers and threads of what has been cut short must not keep it. */
async function finish(work: Promise<number>): Promise<never> {
  let code: number
  try {
    code = await work
  } catch (thrown) {
    process.stderr.write(`${messageOf(thrown)}\n`)
    code = EXIT.failed
  }
  // What was written to a pipe may still be on its way.
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
  process.exit(code)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
