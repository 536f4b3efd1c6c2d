/** The folder of the agent that runs here: private to the user who runs it. */
import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '../../problem.ts'

const PRIVATE = 0o700
const WRITABLE_BY_OTHERS = 0o022

export function runDirOf(env: NodeJS.ProcessEnv, uid: number): string {
  if (env.RINGSIDE_RUN_DIR) return env.RINGSIDE_RUN_DIR
  if (uid === 0) return '/run/ringside'
  if (env.XDG_RUNTIME_DIR) return join(env.XDG_RUNTIME_DIR, 'ringside')
  return join(homedir(), '.local', 'state', 'ringside')
}

/** Makes the folder, or takes it as it is when it is ours alone to write. Throws with what mends it. */
export function makeRunDir(folder: string, uid: number): void {
  let made: string | undefined
  try {
    made = mkdirSync(folder, { recursive: true, mode: PRIVATE })
  } catch (thrown) {
    throw new Error(`${folder} cannot be made (${messageOf(thrown)}); set RINGSIDE_RUN_DIR to a folder of yours`)
  }
  // Never the mode of what was there before: it may be everybody's, such as /tmp.
  if (made !== undefined) chmodSync(folder, PRIVATE)
  const found = lstatSync(folder)
  // Somebody else's folder, or a link to one, would hand the token to them.
  if (!found.isDirectory()) throw new Error(`${folder} is not a folder; set RINGSIDE_RUN_DIR to another`)
  if (found.uid !== uid) {
    throw new Error(`${folder} belongs to user ${found.uid}; set RINGSIDE_RUN_DIR to a folder of yours`)
  }
  if ((found.mode & WRITABLE_BY_OTHERS) !== 0) {
    const mine = join(folder, 'ringside')
    throw new Error(`${folder} may be written by others; set RINGSIDE_RUN_DIR to a folder of yours, such as ${mine}`)
  }
}
