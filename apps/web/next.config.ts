/** How the page is built: a static export whose base path is a placeholder that the agent replaces as it serves. */
import type { NextConfig } from 'next'
import { PHASE_DEVELOPMENT_SERVER } from 'next/constants.js'

const PLACEHOLDER = '/__RINGSIDE_BASE__'

export default function config(phase: string): NextConfig {
  const development = phase === PHASE_DEVELOPMENT_SERVER
  const basePath = development ? '' : PLACEHOLDER
  const agent = process.env.RINGSIDE_AGENT ?? 'http://127.0.0.1:7070'
  return {
    ...(development ? {} : { output: 'export' as const }),
    basePath,
    trailingSlash: true,
    skipTrailingSlashRedirect: development,
    reactStrictMode: true,
    poweredByHeader: false,
    images: { unoptimized: true },
    env: { NEXT_PUBLIC_BASE_PATH: basePath },
    turbopack: { root: new URL('../..', import.meta.url).pathname },
    ...(development
      ? {
          rewrites: async () => [
            { source: '/ws', destination: `${agent}/ws` },
            { source: '/api/:path*', destination: `${agent}/api/:path*` },
          ],
        }
      : {}),
  }
}
