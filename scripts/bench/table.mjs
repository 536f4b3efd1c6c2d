/**
 * What a bench answers, as people read it. A row: { title, unit, goal, values (one for each round), parts: [{ name, unit,
 * values }], made, lost, lostThere?, exact }; a goal: { max }, { min } or { below }, or null where there is none. Pure.
 */

/**
 * @param {object} row
 * @returns {{ ok: boolean, why: string }} whether the row says something, whatever it says
 */
export function checkRow(row) {
  const numbers = [...row.values, ...row.parts.flatMap(({ values }) => values), row.made, row.lost]
  if (row.values.length === 0 || !numbers.every((value) => Number.isFinite(value))) {
    return { ok: false, why: `${row.title}: not every measurement is a number` }
  }
  if (row.exact === false) return { ok: false, why: `${row.title}: the ledger does not add up` }
  return { ok: true, why: '' }
}

/** By the median; a count of what is lost by its worst. @returns {boolean | null} null: there is no goal */
export function isMet({ goal, values, unit }) {
  if (goal === null) return null
  const value = unit === 'lost' ? Math.max(...values) : median(values)
  if (goal.max !== undefined) return value <= goal.max
  if (goal.min !== undefined) return value >= goal.min
  return value < goal.below
}

/** Lines of one bench. @param {boolean} judges whether they tell which goals are met */
export function describe(rows, judges = true) {
  const cells = rows.map((row) => [
    row.title,
    `${format(median(row.values))} ${row.unit}`,
    spread(row.values),
    goalText(row),
    judges ? { true: 'met', false: 'MISSED', null: '' }[isMet(row)] : '',
  ])
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)))
  return rows.flatMap((row, index) => [
    `  ${cells[index].map((cell, column) => (column === 1 ? cell.padStart(widths[1]) : cell.padEnd(widths[column]))).join('  ')}`.trimEnd(),
    `      ${beside(row)}`,
  ])
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** What the figure is made of, and what was lost on the way to it. */
function beside({ parts, made, lost, lostThere, exact }) {
  const texts = parts.map(({ name, unit, values }) => `${name} ${format(median(values))} ${unit}`)
  if (made > 0) {
    const there = lostThere === undefined || lostThere === null ? '' : ` (${count(lostThere)} by the reference)`
    texts.push(`${count(made)} events, ${count(lost)} lost${there}`)
  }
  if (exact !== null) texts.push(exact ? 'ledger exact' : 'LEDGER NOT EXACT')
  return texts.join(' · ')
}

function spread(values) {
  return values.length === 1 ? '' : `[${format(Math.min(...values))} – ${format(Math.max(...values))}]`
}

function goalText({ goal, unit }) {
  if (goal === null) return ''
  const [[name, value]] = Object.entries(goal)
  return `${{ max: '≤', min: '≥', below: '<' }[name]} ${value} ${unit}`
}

function format(value) {
  if (Math.abs(value) >= 1000) return count(value)
  if (Number.isInteger(value)) return String(value)
  return value.toFixed(Math.abs(value) < 10 ? 3 : 1)
}

function count(value) {
  return Math.round(value).toLocaleString('en')
}
