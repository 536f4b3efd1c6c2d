/** A link to a place on the page may come before there is anything to go to: then it is gone to once it is there. */
import { useEffect, useRef } from 'react'

export function useTargetOnceThere(isThere: boolean): void {
  const gone = useRef(false)
  useEffect(() => {
    if (!isThere || gone.current) return
    gone.current = true
    const { hash } = window.location
    if (hash.length > 1) document.getElementById(hash.slice(1))?.scrollIntoView({ block: 'start' })
  }, [isThere])
}
