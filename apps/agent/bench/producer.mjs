/**
 * What an event costs the CPU that makes it: the plain event of a BPF program, and the product's emit with more and more
 * switched on. CPU time of one thread; what it costs to start a run and to make up events is taken off. Nobody reads
 * meanwhile.
 */
import { Instance } from './support/instance.mjs'
import { measure, ratios, sum } from './support/measure.mjs'
import { runTool } from './support/tools.mjs'

const PER_RUN = 512
const RING_BYTES = 4 * 1024 * 1024
const NO_WAKEUP = 1
/** The event is made up, and not sent (bench.bpf.c). */
const NOTHING = 255
/** Of the draw: keeps all but one in four thousand million, so that each event is drawn for. */
const NEARLY_ALL = 0xffff_fffe
const NEARLY_NONE = 1

/** Below the watermark all the time, and asked for at each event. */
function backpressure({ slots }) {
  slots.debug.backpressure = true
  slots.debug.watermark = 1
}

const everything = { threshold: NEARLY_ALL, settings: backpressure }
const counted = (settings) => {
  settings.types.syscall.mode = 'both'
  backpressure(settings)
}

/** `how` as full of bench.bpf.c has it. `above`: the goal is about what comes on top of everything. */
const VARIANTS = [
  { title: 'everything on, of a plain event', goal: { max: 1.12 }, wish: everything },
  { title: 'as it is by default, of a plain event', goal: { max: 1.12 }, wish: {} },
  { title: 'sampled out, of a plain event', goal: { max: 0.1 }, wish: { ...everything, threshold: NEARLY_NONE } },
  { title: 'one sketch, on top of everything', goal: { max: 0.08 }, wish: everything, how: 1, above: true },
  {
    title: 'one sketch that keeps keys, on top of everything',
    goal: { max: 0.4 },
    wish: everything,
    how: 2,
    above: true,
  },
  {
    title: 'windows and two sketches that keep keys (mode both), on top',
    goal: null,
    wish: { threshold: NEARLY_ALL, settings: counted },
    above: true,
  },
]

await measure(async ({ once, say }) => {
  const rounds = once ? 1 : 21
  const runs = once ? 20 : 400
  say(`producer: ${rounds} rounds of ${runs * PER_RUN} events for each of ${VARIANTS.length + 1}`)
  const plain = await Instance.open({ bytes: RING_BYTES, programs: ['plain'] })
  const instances = []
  for (const { wish } of VARIANTS) {
    instances.push(await Instance.open({ bytes: RING_BYTES, programs: ['full'], ...wish }))
  }
  const [first] = instances
  const turns = await runTool(
    'turns',
    0,
    rounds,
    runs,
    `${plain.programId('plain')}:${plain.plainRingId}:${PER_RUN}:${NOTHING}`,
    `${first.programId('full')}:${first.slotRingId}:${PER_RUN}:${NOTHING}`,
    `${plain.programId('plain')}:${plain.plainRingId}:${PER_RUN}:${NO_WAKEUP}`,
    ...instances.map((one, at) => `${one.programId('full')}:${one.slotRingId}:${PER_RUN}:${VARIANTS[at].how ?? 0}`),
  )
  const [plainNothing, fullNothing, plainRuns, ...fullRuns] = turns
  const perEvent = (ns, nothing) => ns.map((value, round) => (value - nothing[round]) / PER_RUN)
  const plainNs = perEvent(plainRuns, plainNothing)
  const fullNs = fullRuns.map((ns) => perEvent(ns, fullNothing))

  // The round that is not told is in it.
  const made = (rounds + 1) * runs * PER_RUN
  const plainCounts = plain.plainCounts()
  return VARIANTS.map(({ title, goal, above }, at) => {
    const fates = instances[at].fates()
    const base = above ? fullNs[0] : null
    const values = above
      ? fullNs[at].map((ns, round) => (ns - base[round]) / plainNs[round])
      : ratios(fullNs[at], plainNs)
    return {
      title,
      unit: above ? '+×' : '×',
      goal,
      values,
      parts: [
        { name: 'event', unit: 'ns', values: fullNs[at] },
        { name: above ? 'everything' : 'plain', unit: 'ns', values: base ?? plainNs },
      ],
      made,
      lost: sum([fates.dropped, plainCounts.dropped]),
      exact: fates.exact && fates.seen === made && plainCounts.made === 2 * made,
    }
  })
})
