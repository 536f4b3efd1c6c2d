/** The address of the controls. */
import type { Metadata } from 'next'
import { ControlPage } from '../../view/control/ControlPage.tsx'

export const metadata: Metadata = { title: 'Control · Ringside' }

export default function Page() {
  return <ControlPage />
}
