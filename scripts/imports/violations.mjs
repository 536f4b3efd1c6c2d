/** Holds one source file against the table of rooms. Reads no file: text in, violations out. */
import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { referencesOf } from './references.mjs'
import { IMPURE_GLOBALS, PURE, ROOMS, WORKSPACES } from './rules.mjs'

/**
 * @param {string} path of the file, from the root of the repository
 * @param {string} text
 * @returns {{ path: string, line: number, message: string }[]}
 */
export function violationsOf(path, text) {
  const room = roomOf(path)
  if (!room) return [{ path, line: 1, message: 'is in no room of scripts/imports/rules.mjs' }]
  const pure = PURE.some((pattern) => pattern.test(path))
  const { imports, globals } = referencesOf(path, text)
  const problems = [
    ...imports.map(({ specifier, at }) => ({ at, message: forbiddenImport(path, room, pure, specifier) })),
    ...(pure ? globals.filter(({ name }) => IMPURE_GLOBALS.includes(name)) : []).map(({ name, at }) => ({
      at,
      message: `uses ${name}, but pure parts have no clock, no I/O and no logging`,
    })),
  ]
  return problems.filter(({ message }) => message).map(({ at, message }) => ({ path, line: lineOf(text, at), message }))
}

/** @returns {string | null} what is wrong with this import */
function forbiddenImport(path, room, pure, specifier) {
  if (isBuiltin(specifier)) {
    if (pure) return `imports ${specifier}, but pure parts have no clock, no I/O and no logging`
    return room.node ? null : `imports ${specifier}, but ${room.room} does not run in Node alone`
  }
  const target = targetOf(path, specifier)
  if (target === null) return null
  const other = roomOf(target)
  if (!other) return `imports ${specifier}, which is in no room of scripts/imports/rules.mjs`
  const allowed = [room.room, ...room.may]
  if (allowed.includes(other.room) || allowed.includes(target) || isOwnPackage(room, other)) return null
  return `imports ${specifier}, but ${room.room} may not import ${other.room}`
}

/** A package's tests and tools may reach its own sources. */
function isOwnPackage(room, other) {
  return other.room.startsWith(`${room.room}/`) && room.room.startsWith('packages/')
}

function roomOf(path) {
  const around = ROOMS.filter(({ room }) => path === room || path.startsWith(`${room}/`))
  return around.sort((a, b) => b.room.length - a.room.length)[0]
}

/** The path that a specifier stands for, or null for a package of npm or a header of the system. */
function targetOf(path, specifier) {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts')
  if (/\.(c|h|cc)$/.test(path)) return specifier === 'abi.h' ? 'packages/bpf/include/abi.h' : null
  const name = Object.keys(WORKSPACES).find((one) => specifier === one || specifier.startsWith(`${one}/`))
  return name ? WORKSPACES[name] : null
}

function isBuiltin(specifier) {
  return specifier.startsWith('node:') || builtinModules.includes(specifier)
}

function lineOf(text, at) {
  return text.slice(0, at).split('\n').length
}
