/** Text in columns, as wide as what is in them. Pure. */

/** @param alignRight by column: numbers stand on the right */
export function tableOf(rows: readonly (readonly string[])[], alignRight: readonly boolean[]): string {
  const widths = alignRight.map((_, column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    widths
      .map((width, column) => {
        const text = row[column] ?? ''
        return alignRight[column] ? text.padStart(width) : text.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  return rows.map(line).join('\n')
}
