/** What is said to whoever asked for something that is not done: one shape for commands, HTTP answers and the CLI. */

export interface Problem {
  /** Stable, for programs: 'stale', 'size', 'too-soon', … */
  code: string
  /** What happened, in plain words. */
  message: string
  /** What mends it. */
  hint: string
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** The `code` of an error thrown by Node or by a binding, or ''. */
export function codeOf(thrown: unknown): string {
  const code = thrown instanceof Error ? (thrown as Error & { code?: unknown }).code : undefined
  return typeof code === 'string' ? code : ''
}
