'use client'
/** What surrounds every room: bar, navigation, banners; and the one place where the page begins to live. */
import { usePathname } from 'next/navigation'
import { type ReactNode, useEffect, useRef } from 'react'
import { startConnection, useConnection } from '../../store/connection.ts'
import { installProbe } from '../../store/probe.ts'
import { HatchDefinitions } from '../parts/fates.tsx'
import { KeyHelp } from './KeyHelp.tsx'
import { Navigation } from './Navigation.tsx'
import { SignIn } from './SignIn.tsx'
import { SyntheticBanner } from './Source.tsx'
import { StaleBanner, useStale } from './Stale.tsx'
import { TopBar } from './TopBar.tsx'

export function Shell({ children }: { children: ReactNode }) {
  useEffect(() => {
    startConnection()
    installProbe()
  }, [])
  const room = useRef<HTMLElement>(null)
  const path = usePathname()
  const entered = useRef(path)
  // Whoever changes the room works in it: its keys must not go to the link that led there.
  useEffect(() => {
    if (entered.current !== path) room.current?.focus({ preventScroll: true })
    entered.current = path
  }, [path])
  const signedOut = useConnection((state) => state.phase === 'signed out')
  const stale = useStale()
  return (
    <div className="flex h-dvh min-w-[48rem] flex-col">
      <HatchDefinitions />
      <a
        href="#room"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-panel focus:px-3 focus:py-1"
      >
        Skip to the content
      </a>
      <header className="shrink-0">
        <TopBar />
        <Navigation />
        <SyntheticBanner />
        <StaleBanner />
      </header>
      <main
        ref={room}
        id="room"
        tabIndex={-1}
        className={`relative min-h-0 flex-1 overflow-auto outline-none ${stale === null || signedOut ? '' : 'opacity-60 saturate-[0.35]'}`}
        data-stale={stale !== null}
      >
        {signedOut ? <SignIn /> : children}
      </main>
      <KeyHelp />
    </div>
  )
}
