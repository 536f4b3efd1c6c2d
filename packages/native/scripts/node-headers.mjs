/** Where Node's own headers stand: beside its binary in most installations. */
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder to hand to node-gyp as `--nodedir`, or null: without one it fetches the headers. */
export function nodeFolder() {
  const prefix = dirname(dirname(realpathSync(process.execPath)))
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? prefix : null
}
