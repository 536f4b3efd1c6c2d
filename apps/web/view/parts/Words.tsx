/** A message of the agent as a sentence: a capital, a full stop, and `commands` set as such. */
import { Fragment } from 'react'

export function Words({ text }: { text: string }) {
  if (text === '') return null
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  const sentence = /[.!?…]$/.test(capital) ? capital : `${capital}.`
  // Between backticks stands what is typed: every second part.
  return sentence.split('`').map((part, i) => {
    const key = `${i} ${part}`
    return i % 2 === 1 ? (
      <code key={key} className="font-mono text-data">
        {part}
      </code>
    ) : (
      <Fragment key={key}>{part}</Fragment>
    )
  })
}
