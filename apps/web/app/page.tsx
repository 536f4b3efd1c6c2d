/** The address of the overview. */
import type { Metadata } from 'next'
import { Overview } from '../view/buffers/Overview.tsx'

export const metadata: Metadata = { title: 'Overview · Ringside' }

export default function Page() {
  return <Overview />
}
