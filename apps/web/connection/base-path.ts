/** Where the page is mounted, and the addresses that follow from it. The agent replaces the placeholder as it serves. */

/** '' or '/some/prefix', without a slash at the end. */
export const BASE_PATH: string = process.env.NEXT_PUBLIC_BASE_PATH ?? ''

/** @param path begins with a slash */
export function address(path: string): string {
  return `${BASE_PATH}${path}`
}

export function socketUrl(location: { protocol: string; host: string }): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}${address('/ws')}`
}
