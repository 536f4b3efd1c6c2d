'use client'
/** The version of a type's record: readers of both live side by side. */
import { type Control, EVENTS, type EventType, isCarried, TYPE_VERSIONS } from '@ringside/protocol'
import type { Option } from './Choice.tsx'
import { ChoiceControl } from './ChoiceControl.tsx'

export function VersionControl({ type, control }: { type: EventType; control: Control }) {
  const versions = Array.from({ length: TYPE_VERSIONS[type] }, (_, i) => String(i + 1))
  const options: Option<string>[] = versions.map((version) => ({
    value: version,
    name: `version ${version}`,
    meaning: meaningOf(type, Number(version)),
  }))
  const asked = String(control.asked.types[type].version)
  return (
    <ChoiceControl
      name={`version-${type}`}
      label={`Version of the record of ${type}`}
      options={options}
      asked={asked}
      applied={String(control.applied.types[type].version)}
      words={Object.fromEntries(versions.map((version) => [version, `version ${version}`]))}
      command={(version) => ({ op: 'version', eventType: type, version: Number(version) })}
    >
      {meaningOf(type, Number(asked))}
    </ChoiceControl>
  )
}

/** "without parent pid, control group", "with parent pid, control group". */
function meaningOf(type: EventType, version: number): string {
  const later = EVENTS[type].fields.filter((field) => field.since > 1)
  const has = later.filter((field) => isCarried(field, version)).map((field) => field.label)
  const lacks = later.filter((field) => !isCarried(field, version)).map((field) => field.label)
  const parts = [
    has.length === 0 ? '' : `with ${has.join(', ')}`,
    lacks.length === 0 ? '' : `without ${lacks.join(', ')}`,
  ]
  return `${parts.filter((part) => part !== '').join('; ')}. Rows of either version decode side by side.`
}
