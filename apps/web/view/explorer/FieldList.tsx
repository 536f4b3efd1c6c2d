'use client'
/** Named values, each of which can become the filter. */
import { EyeOff } from 'lucide-react'
import { hide, setFilter, useUi } from '../../store/ui.ts'
import type { FieldView } from './fields.ts'

export function FieldList({ fields }: { fields: readonly FieldView[] }) {
  return (
    <dl>
      {fields.map((field) => (
        <div key={field.label} className="group grid grid-cols-[6rem_minmax(0,1fr)] gap-2 py-px">
          <dt className="text-mute">{field.label}</dt>
          <dd className="flex items-start gap-1 font-mono text-data leading-5">
            {field.only === undefined ? (
              <span className="min-w-0 break-all">{field.value}</span>
            ) : (
              <button
                type="button"
                className="min-w-0 rounded text-left break-all decoration-dotted underline-offset-3 hover:bg-select hover:underline"
                title={`Show only ${field.value}`}
                onClick={() => only(field)}
              >
                {field.value}
              </button>
            )}
            {field.not !== undefined && (
              <button
                type="button"
                className="grid size-5 shrink-0 place-items-center rounded text-faint opacity-0 group-hover:opacity-100 hover:bg-sunken focus-visible:opacity-100"
                aria-label={`Leave out ${field.label} ${field.value}`}
                title={`Leave out ${field.value}`}
                onClick={() => not(field)}
              >
                <EyeOff className="size-3.5" aria-hidden="true" />
              </button>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function only(field: FieldView): void {
  if (field.only !== undefined) setFilter(field.only(useUi.getState().filter))
}

function not(field: FieldView): void {
  if (typeof field.not === 'string') hide(field.not)
  else if (field.not !== undefined) setFilter(field.not(useUi.getState().filter))
}
