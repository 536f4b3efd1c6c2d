/** The frame of every page. It holds no data: the page is exported once and served to everybody. */
import type { Metadata, Viewport } from 'next'
import { ThemeProvider } from 'next-themes'
import type { ReactNode } from 'react'
import { Shell } from '../view/shell/Shell.tsx'
import './globals.css'

export const metadata: Metadata = {
  title: 'Ringside',
  description: 'A ringside seat at the BPF event pipeline of a Linux host',
}

export const viewport: Viewport = { width: 'device-width', initialScale: 1 }

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <body>
        <ThemeProvider attribute="data-theme" defaultTheme="system" enableSystem enableColorScheme={false}>
          <Shell>{children}</Shell>
        </ThemeProvider>
      </body>
    </html>
  )
}
