/** The address of the explorer. */
import type { Metadata } from 'next'
import { ExplorerPage } from '../../view/explorer/ExplorerPage.tsx'

export const metadata: Metadata = { title: 'Explorer · Ringside' }

export default function Page() {
  return <ExplorerPage />
}
