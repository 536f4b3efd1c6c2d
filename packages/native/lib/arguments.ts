/** Checks of arguments: a wrong one is named here, before the addon sees it. */
import { addon } from './addon.ts'
import { NativeError } from './error.ts'

const RING_BYTES_MAX = 2 ** 31
const NAME_BYTES_MAX = 15

export function refuse(operation: string, cause: string): never {
  throw new NativeError('EARG', 0, operation, cause)
}

export function checkInteger(operation: string, name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    refuse(operation, `${name} must be an integer from ${min} to ${max}, not ${String(value)}`)
  }
}

export function checkText(operation: string, name: string, value: string): void {
  if (typeof value !== 'string' || value === '' || value.includes('\0')) {
    refuse(operation, `${name} must be a name, not ${JSON.stringify(value)}`)
  }
}

export function checkBytes(operation: string, name: string, value: Uint8Array, length?: number): void {
  if (!(value instanceof Uint8Array)) refuse(operation, `${name} must be a Uint8Array`)
  if (length !== undefined && value.length !== length) {
    refuse(operation, `${name} must have ${length} bytes, not ${value.length}`)
  }
}

/** A ring's capacity is a power of two and a multiple of the page (kernel/bpf/ringbuf.c, ringbuf_map_alloc). */
export function checkRingBytes(operation: string, bytes: number): void {
  const page = addon.pageBytes()
  checkInteger(operation, 'capacity', bytes, page, RING_BYTES_MAX)
  if (2 ** Math.round(Math.log2(bytes)) !== bytes) {
    refuse(operation, `capacity must be a power of two, at least ${page}, not ${bytes}`)
  }
}

/** The kernel keeps 15 bytes of a map's name, of letters, digits, '_' and '.'. */
export function checkMapName(operation: string, name: string): void {
  if (typeof name !== 'string' || name.length > NAME_BYTES_MAX || /[^\w.]/.test(name)) {
    refuse(operation, `name must be at most ${NAME_BYTES_MAX} of letters, digits, '_' and '.'`)
  }
}
