/** The address of the ledger. */
import type { Metadata } from 'next'
import { LedgerPage } from '../../view/ledger/LedgerPage.tsx'

export const metadata: Metadata = { title: 'Ledger · Ringside' }

export default function Page() {
  return <LedgerPage />
}
