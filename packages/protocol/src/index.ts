/** All that agent and page may use of the protocol. */
export {
  type Batch,
  type BatchMeta,
  bytesOf,
  commOf,
  type DecodeFailure,
  eventOf,
  type FieldColumn,
  fieldInt,
  fieldText,
  type Gap,
  type GapStream,
  type SlotGap,
} from './batch.ts'
export { decodeBatch } from './batch-decode.ts'
export { BatchEncoder } from './batch-encode.ts'
export { matchesRow, matchingRows } from './batch-filter.ts'
export { droppedOf, type HealthChange, type HealthChanged, healthChange } from './changes.ts'
export { CONN_BYTES, type Connection, connectionAt, fieldConn } from './connection.ts'
export { describeEstimate, type Estimate, estimateOf, formatEstimate } from './estimate.ts'
export {
  EVENT_BY_NUMBER,
  EVENTS,
  type EventSpec,
  type FieldKind,
  type FieldSpec,
  fieldIndex,
  isCarried,
  type Show,
  TASK_COMPAT,
  TASK_TRUNCATED,
  TASK_UNREADABLE,
} from './events.ts'
export { type CompiledFilter, compileFilter, syscallsMatching, TextTest } from './filter.ts'
export {
  formatAddress,
  formatBytes,
  formatCount,
  formatDuration,
  formatEndpoint,
  formatHex,
  formatRate,
  formatShare,
  formatShort,
} from './format.ts'
export {
  FRAME_MAX_BYTES,
  FRAME_NUMBER_OFFSET,
  FRAME_TARGET_BYTES,
  FRAME_VERSION,
  type FrameStamp,
  frameBody,
  MAX_ROWS,
  PREFIX_BYTES,
  stampedPrefix,
  stampFrame,
} from './frame.ts'
export { earlierGapsColumn, GAP_STREAMS, GapSum, worstStreams } from './gaps.ts'
export {
  type ClientAccount,
  clientAccount,
  type Drop,
  drop,
  type Fates,
  type Fill,
  fates,
  fill,
  type Health,
  health,
  LAW_IDS,
  type Law,
  law,
  type SlotHealth,
  slotHealth,
} from './messages/ledger.ts'
export { type Control, control, type FilterRule, filterRule, type Settings, settings } from './messages/settings.ts'
export {
  type Comparison,
  comparison,
  HEAVY_TABLES,
  type HeavyTable,
  type Malformed,
  type Measured,
  malformed,
  type Tables,
  TOP_TABLES,
  type Top,
  type TopTable,
  tables,
  top,
} from './messages/tables.ts'
export {
  type Ack,
  type AgentMessage,
  ack,
  agentMessage,
  type Command,
  type CommandMessage,
  command,
  commandMessage,
  type Filter,
  filter,
  type Hello,
  hello,
  type PageMessage,
  PROTOCOL_VERSION,
  pageMessage,
  type Refusal,
  type Reply,
  refusal,
  reply,
  type Subscribe,
  subscribe,
} from './messages.ts'
export { type Parsed, parseAgentMessage, parsePageMessage } from './parse.ts'
export { type Change, changeOf, formatChange, type Reading, rateOf, ratioOf, shareOf } from './ratio.ts'
export { RowMatcher } from './row-matcher.ts'
export { describeFilter, describeRule, parseRule, RULE_FIELDS, type RuleParsed } from './rules.ts'
export { SHOW_INT, showResult } from './show.ts'
export { isPlain, showBytes, showString, utf8Bytes } from './shown-text.ts'
export type { RowSink } from './sink.ts'
export { describeDrop, type Status, type StatusSlot, type StatusType, statusOf } from './status.ts'
export { showField, summaryOf } from './summary.ts'
export { ERRNO_MAX, errnoName, isErrno } from './tables/errnos.ts'
export { protocolName, tcpFlagNames, tcpStateName } from './tables/network.ts'
export { openFlagNames, signalName } from './tables/process.ts'
export { SYSCALL_NUMBERS, syscallName } from './tables/syscalls.ts'
export {
  type DropLevel,
  dropLevel,
  type Sampling,
  type TypeShare,
  type Verdict,
  type VerdictState,
  verdictOf,
} from './verdict.ts'
export { type EventBytes, perEvent, rowAsJson, type Volume, volumeOf } from './volume.ts'
export {
  DROP_REASONS,
  type DropReason,
  EVENT_TYPES,
  type EventType,
  PRESETS,
  type Preset,
  presetOf,
  RATE_ALL,
  SLOT_NAMES,
  type SlotName,
  SUBSYSTEM,
  TRANSPORTS,
  type Transport,
  TYPE_VERSIONS,
  thresholdOf,
  weightOf,
} from './words.ts'
