/** What the page and its socket's thread say to each other. */

/** Frames that may wait for the page: some seconds of a busy page. Beyond, the agent gets no credit, skips and counts. */
export const WAITING_FRAMES_MAX = 256

export type ToSocket =
  | { type: 'open'; url: string }
  | { type: 'send'; text: string }
  /** Tries anew at once, whatever the back-off. */
  | { type: 'reconnect' }
  /** The page has taken in one binary frame. */
  | { type: 'taken' }

export type FromSocket =
  | { type: 'opened' }
  | { type: 'closed'; code: number; reason: string }
  | { type: 'text'; text: string }
  | { type: 'frame'; frame: ArrayBuffer }
