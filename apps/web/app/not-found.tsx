/** What is served for an address that does not exist. */
import Link from 'next/link'

export default function NotFound() {
  return (
    <div className="mx-auto max-w-prose px-4 py-16">
      <h1 className="text-figure font-semibold">There is no such page</h1>
      <p className="mt-2 text-mute">
        The address is wrong or old.{' '}
        <Link href="/" className="text-accent underline">
          Go to the overview
        </Link>
        .
      </p>
    </div>
  )
}
