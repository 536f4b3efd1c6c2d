/** The address of the comparison of both transports. */
import type { Metadata } from 'next'
import { ComparePage } from '../../view/compare/ComparePage.tsx'

export const metadata: Metadata = { title: 'Compare · Ringside' }

export default function Page() {
  return <ComparePage />
}
