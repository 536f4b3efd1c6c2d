'use client'
/** The page without a session: says why, and takes the printed link. */
import { type FormEvent, useState } from 'react'
import { tokenOf } from '../../connection/session.ts'
import { signIn, useConnection } from '../../store/connection.ts'
import { Words } from '../parts/Words.tsx'

export function SignIn() {
  const { cause, hint } = useConnection()
  const [text, setText] = useState('')
  const [unusable, setUnusable] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const token = tokenOf(text)
    setUnusable(token === null)
    if (token !== null) void signIn(token)
  }
  return (
    <div className="mx-auto max-w-xl px-6 py-16">
      <h1 className="text-figure font-semibold">Not signed in</h1>
      <p className="mt-3">
        <Words text={cause ?? ''} />
      </p>
      <p className="mt-1 text-mute">
        <Words text={hint ?? ''} />
      </p>
      <form onSubmit={submit} className="mt-6 flex gap-2">
        <input
          type="password"
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.target.value)}
          aria-label="Link or token"
          aria-invalid={unusable}
          placeholder="http://127.0.0.1:7070/#token=…"
          className="min-w-0 flex-1 rounded border border-line-strong bg-panel px-2.5 py-1.5 font-mono text-data"
        />
        <button type="submit" className="rounded border border-accent bg-accent px-3 font-medium text-panel">
          Sign in
        </button>
      </form>
      {unusable && <p className="mt-2 text-dropped-ink">There is no token in this text.</p>}
    </div>
  )
}
