/** The table's columns: one grid for the head, the rows and the gaps. */

export const GRID =
  'grid grid-cols-[9.25rem_5.25rem_6.25rem_10rem_4.5rem_minmax(0,1fr)_2.5rem] max-[1000px]:grid-cols-[9.25rem_5.25rem_5.75rem_8rem_4rem_minmax(0,1fr)_2.25rem]'

export const HEADS = [
  { name: 'time', look: 'text-left' },
  { name: 'slot', look: 'text-left' },
  { name: 'type', look: 'text-left' },
  { name: 'process', look: 'text-left' },
  { name: 'pid', look: 'text-right' },
  { name: 'details', look: 'pl-4 text-left' },
  { name: 'cpu', look: 'text-right' },
] as const

/** Height of a row, rem. */
export const ROW_REM = 1.4375
/** The same as a class: a row has no style of its own, which would cost more than all of its text. */
export const ROW = 'h-[1.4375rem]'

/** The pane beside the table, or below it where that is narrow. */
export const PANE =
  'flex w-[24rem] shrink-0 flex-col border-l border-line bg-panel max-[1100px]:h-2/5 max-[1100px]:w-full max-[1100px]:border-t max-[1100px]:border-l-0'
