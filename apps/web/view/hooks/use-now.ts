/** A clock for things that show an age. */
import { useEffect, useState } from 'react'

/** Milliseconds since the Unix epoch, renewed every `everyMs`; 0 in the first render, which the server makes too. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(0)
  useEffect(() => {
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
