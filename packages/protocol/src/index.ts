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
  type Ack,
  type AgentMessage,
  ack,
  agentMessage,
  type ClientAccount,
  type Command,
  type CommandMessage,
  type Comparison,
  type Control,
  clientAccount,
  command,
  commandMessage,
  comparison,
  control,
  type Drop,
  drop,
  type Fates,
  type Fill,
  type Filter,
  type FilterRule,
  fates,
  fill,
  filter,
  filterRule,
  HEAVY_TABLES,
  type Health,
  type HeavyTable,
  type Hello,
  health,
  hello,
  LAW_IDS,
  type Law,
  law,
  type Malformed,
  type Measured,
  malformed,
  type PageMessage,
  PROTOCOL_VERSION,
  pageMessage,
  type Refusal,
  type Reply,
  refusal,
  reply,
  type Settings,
  type SlotHealth,
  type Subscribe,
  settings,
  slotHealth,
  subscribe,
  type Tables,
  TOP_TABLES,
  type Top,
  type TopTable,
  tables,
  top,
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
