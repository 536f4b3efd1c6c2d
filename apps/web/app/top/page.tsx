/** The address of the top tables. */
import type { Metadata } from 'next'
import { TopPage } from '../../view/top/TopPage.tsx'

export const metadata: Metadata = { title: 'Top · Ringside' }

export default function Page() {
  return <TopPage />
}
