'use client'
/** The keys and the words, in one place that `?` opens. */
import { Dialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { useUi } from '../../store/ui.ts'
import { useKeys } from '../hooks/use-keys.ts'
import { FATE_MEANING, type Fate, FateMark } from '../parts/fates.tsx'
import { Key } from '../parts/panel.tsx'

const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['?'], 'This help'],
  [['Space'], 'Pause or follow'],
  [['End'], 'Jump to the newest event and follow'],
  [['j', 'k'], 'Next, previous event'],
  [['Enter'], 'Open the details'],
  [['Esc'], 'Close the details, leave the filter'],
  [['/'], 'Filter by text'],
  [['f', 'F'], 'Only this type, everything but this type'],
  [['[', ']'], 'Previous, next gap'],
]

export function KeyHelp() {
  const open = useUi((state) => state.helpOpen)
  const setOpen = (helpOpen: boolean) => useUi.setState({ helpOpen })
  useKeys({ 'Shift+?': () => setOpen(true), '?': () => setOpen(true) })
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[#0008]" />
        <Dialog.Popup className="fixed top-[12vh] left-1/2 z-50 grid max-h-[80vh] w-[48rem] max-w-[94vw] -translate-x-1/2 grid-cols-2 gap-x-8 overflow-auto rounded-panel bg-panel p-5 shadow-float">
          <Dialog.Title className="col-span-2 mb-3 text-[1rem] font-semibold">Keys and words</Dialog.Title>
          <Dialog.Close
            className="absolute top-3.5 right-3.5 grid size-7 place-items-center rounded text-mute hover:bg-sunken"
            aria-label="Close"
          >
            <X className="size-4" aria-hidden="true" />
          </Dialog.Close>
          <dl>
            {KEYS.map(([keys, what]) => (
              <div key={what} className="flex items-baseline gap-2 py-0.5">
                <dt className="flex w-20 shrink-0 gap-1">
                  {keys.map((key) => (
                    <Key key={key}>{key}</Key>
                  ))}
                </dt>
                <dd className="text-mute">{what}</dd>
              </div>
            ))}
          </dl>
          <dl>
            {(Object.keys(FATE_MEANING) as Fate[]).map((fate) => (
              <div key={fate} className="flex items-baseline gap-2 py-0.5">
                <dt className="flex w-24 shrink-0 items-center gap-1.5">
                  <FateMark fate={fate} /> {fate}
                </dt>
                <dd className="text-mute">{FATE_MEANING[fate]}</dd>
              </div>
            ))}
          </dl>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
