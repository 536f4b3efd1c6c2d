/** How late each row came: how much older it is than the newest row of its subscription before it. Pure. */
import type { Batch } from '@ringside/protocol'

/** Where the rows of one subscription have got to. */
export interface Progress {
  readonly subscription: number
  /** Time of the newest row so far, ns since time zero. */
  readonly newestNs: number
}

export const NO_PROGRESS: Progress = { subscription: -1, newestNs: Number.NEGATIVE_INFINITY }

type Rows = Pick<Batch, 'rows' | 'timeNs' | 'late' | 'subscription'>

/**
 * @returns for each row by how much it is late, ns, 0 where it is not; null for a batch that the agent says has none
 */
export function latenessOf(batch: Rows, before: Progress): { lateNs: Float64Array | null; after: Progress } {
  let newestNs = before.subscription === batch.subscription ? before.newestNs : Number.NEGATIVE_INFINITY
  const lateNs = batch.late > 0 ? new Float64Array(batch.rows) : null
  for (let row = 0; row < batch.rows; row++) {
    const timeNs = batch.timeNs[row] ?? 0
    if (timeNs >= newestNs) newestNs = timeNs
    else if (lateNs !== null) lateNs[row] = newestNs - timeNs
  }
  return { lateNs, after: { subscription: batch.subscription, newestNs } }
}
