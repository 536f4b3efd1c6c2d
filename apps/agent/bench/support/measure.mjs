/**
 * How a benchmark of this folder is asked, and what it answers: `--once` takes each measurement once and short; the last
 * line of its standard output is its rows as JSON, what it is doing goes to standard error.
 *
 * A row: { title, unit, goal: { max } | { min } | null, values (one per round), parts: [{ name, unit, values }], made, lost,
 * exact: null or whether a ledger adds up }. `values` are what the goal is about, `parts` what they are made of.
 */
const ROUNDS = 7

/** @param {(asked: { once: boolean, rounds: number, say: (text: string) => void }) => Promise<object[]>} body */
export async function measure(body) {
  const once = process.argv.includes('--once')
  const say = (text) => process.stderr.write(`${text}\n`)
  const rows = await body({ once, rounds: once ? 1 : ROUNDS, say })
  process.stdout.write(`${JSON.stringify(rows)}\n`)
  // Threads and sockets of what was measured must not keep it.
  process.exit()
}

/** Element by element. */
export function ratios(ours, reference) {
  return ours.map((value, at) => value / reference[at])
}

export function sum(values) {
  return values.reduce((total, value) => total + value, 0)
}

/** The smallest value that so many of the values do not exceed. @param {number} share 0 to 1 */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
}
