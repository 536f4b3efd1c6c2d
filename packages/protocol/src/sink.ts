/** What the agent's decoders write rows into: the encoder's half of the batch, free of objects per event. */

/**
 * One row at a time: `row`, then `task` where the type has a process, then the type's own fields in the order of the
 * vocabulary (`EVENTS[type].fields`), then `bytes` when the batch carries them, then `end`.
 */
export interface RowSink {
  /**
   * @param timeNs ns since time zero, exact in a double @param rate the sampling threshold in force
   * @param version of the record's layout
   */
  row(
    type: number,
    slot: number,
    cpu: number,
    level: number,
    seq: number,
    timeNs: number,
    rate: number,
    version: number,
  ): void
  /** The process, or zeros and an empty name. `comm` is a range of raw bytes. */
  task(pid: number, tid: number, uid: number, flags: number, u8: Uint8Array, commAt: number, commLength: number): void
  /** An integer field, |value| < 2^53. */
  int(value: number): void
  /** A string field, as raw bytes; interned by content. */
  text(u8: Uint8Array, at: number, length: number): void
  /** A connection: 40 bytes laid out as the record contract's rs_conn. */
  conn(u8: Uint8Array, at: number): void
  /** The whole record. */
  bytes(u8: Uint8Array, at: number, length: number): void
  end(): void
}
