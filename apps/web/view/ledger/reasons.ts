/** Why an output failed, and why a record could not be decoded, in words. */
import type { DropReason, Malformed } from '@ringside/protocol'

export const REASONS: Readonly<Record<DropReason, string>> = {
  full: 'the buffer was full',
  oversize: 'the record was larger than the buffer',
  noReader: 'the slot held no buffer',
  other: 'a lock was not obtained, or nested too deep',
}

type MalformedReason = Malformed['samples'][number]['reason']

export const MALFORMED_REASONS: Readonly<Record<MalformedReason, string>> = {
  short: 'shorter than a header',
  version: 'a version that is not known',
  type: 'a type that is not known',
  place: 'a slot, CPU or level that is not its own',
  size: 'its size is not one of its type',
  tail: 'its variable part does not end where it does',
}
