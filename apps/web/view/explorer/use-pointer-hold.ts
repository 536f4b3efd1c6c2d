'use client'
/** Rows never move under a pointer that moves: the table stands still until it rests or leaves. */
import { useEffect, useState } from 'react'
import { type Explorer, explorer } from '../../store/explorer.ts'

const REST_MS = 1_200

export function usePointerHold() {
  const [{ move, release }] = useState(() => pointerHold(explorer))
  // Whoever leaves the room takes the pointer along: nothing else would let go.
  useEffect(() => release, [release])
  return { onPointerMove: move, onPointerLeave: release }
}

export function pointerHold(table: Pick<Explorer, 'pausedBy' | 'pause' | 'resume'>) {
  let timer: ReturnType<typeof setTimeout> | undefined
  const release = () => {
    clearTimeout(timer)
    if (table.pausedBy === 'pointer') table.resume()
  }
  const move = () => {
    table.pause('pointer')
    clearTimeout(timer)
    timer = setTimeout(release, REST_MS)
  }
  return { move, release }
}
