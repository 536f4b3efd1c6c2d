/** What the command's exit code means, for scripts. */
export const EXIT = {
  ok: 0,
  failed: 1,
  /** `status`: no agent runs on this host. */
  noAgent: 3,
  /** `serve`: another agent runs already (EX_TEMPFAIL of sysexits.h). */
  otherAgent: 75,
} as const
