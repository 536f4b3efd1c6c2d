/** Whether a law holds: a sign and a word, never a colour alone. */
import type { Law } from '@ringside/protocol'

const SIGNS = {
  exact: { sign: '✓', word: 'holds exactly', look: 'text-consumed-ink' },
  'in flight': { sign: '≈', word: 'holds up to records on their way', look: 'text-mute' },
  violated: {
    sign: '✗',
    word: 'violated: the numbers do not balance',
    look: 'text-panel bg-malformed-ink rounded-sm px-0.5',
  },
} as const satisfies Record<Law['verdict'], unknown>

export function LawMark({ verdict }: { verdict: Law['verdict'] | null }) {
  if (verdict === null) return <span className="text-faint">–</span>
  const { sign, word, look } = SIGNS[verdict]
  return (
    <span className={`font-semibold ${look}`} role="img" aria-label={word} title={word}>
      {sign}
    </span>
  )
}
