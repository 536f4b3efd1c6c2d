'use client'
/** Before the first numbers: says what the page waits for. */
import { useConnection } from '../../store/connection.ts'

export function Waiting() {
  const phase = useConnection((state) => state.phase)
  return (
    <div className="grid h-full place-items-center text-mute" role="status">
      {phase === 'open' ? 'Connected. The first numbers come within a second.' : 'Connecting to the agent.'}
    </div>
  )
}
