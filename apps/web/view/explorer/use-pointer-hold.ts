'use client'
/** Rows never move under a pointer that moves: the table stands still until it rests or leaves. */
import { useEffect, useMemo, useRef } from 'react'
import { explorer } from '../../store/explorer.ts'

const REST_MS = 1_200

export function usePointerHold() {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  return useMemo(() => {
    const release = () => {
      clearTimeout(timer.current)
      if (explorer.pausedBy === 'pointer') explorer.resume()
    }
    return {
      onPointerMove: () => {
        explorer.pause('pointer')
        clearTimeout(timer.current)
        timer.current = setTimeout(release, REST_MS)
      },
      onPointerLeave: release,
    }
  }, [])
}
