/** Base paths: what is a legal one, and a request path with or without it. Pure. */

const LEGAL = /^(\/[A-Za-z0-9._~-]+)*$/
const DOTS = /^\.{1,2}$/

/** '' or '/a/b'; null when it is no legal base path. A slash at the end is allowed and taken off. */
export function parseBasePath(text: string): string | null {
  const path = text.replace(/\/+$/, '')
  if (!LEGAL.test(path)) return null
  return path.split('/').some((segment) => DOTS.test(segment)) ? null : path
}

/** The path below the base. A proxy may have taken the base off already: then the path stays as it is. */
export function stripBasePath(path: string, base: string): string {
  if (base === '' || !(path === base || path.startsWith(`${base}/`))) return path
  return path.slice(base.length) || '/'
}
