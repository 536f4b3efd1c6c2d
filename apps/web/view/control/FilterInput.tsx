'use client'
/** A new rule of the filter, by field, sense and value, or as one typed line: the two are the same rule. */
import { type FilterRule, parseRule, RULE_FIELDS } from '@ringside/protocol'
import { useState } from 'react'
import { refuse } from '../../store/commands.ts'
import { Button } from '../parts/panel.tsx'
import { FIELD } from './parts.tsx'

type Field = FilterRule['field']

const EXAMPLES: Readonly<Record<Field, string>> = {
  pid: '4711',
  uid: '0',
  comm: 'nginx',
  cgroup: '/system.slice',
  type: 'open,exec',
}

const SELECT = 'h-6.5 rounded border border-line-strong bg-bg px-1 text-data'
const LEFT = FIELD.replace('text-right', 'text-left')

export function FilterInput(props: { name: string; isFull: boolean; onAdd: (rule: FilterRule) => void }) {
  const [field, setField] = useState<Field>('uid')
  const [not, setNot] = useState(true)
  const [value, setValue] = useState('')
  const [line, setLine] = useState('')
  const add = (text: string, clear: () => void) => {
    if (props.isFull) return refuse(props.name, 'there are eight rules already', 'Take one out first.')
    const parsed = parseRule(text)
    if (!parsed.ok) return refuse(props.name, parsed.message, 'Write it like uid!=0 or comm=nginx.')
    props.onAdd(parsed.rule)
    clear()
  }
  const addParts = () => add(`${field}${not ? '!=' : '='}${value}`, () => setValue(''))
  const addLine = () => add(line, () => setLine(''))
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-1.5">
      <span className="flex items-center gap-1.5">
        <select
          aria-label="Field of the new rule"
          data-testid="filter-field"
          value={field}
          onChange={(event) => setField(RULE_FIELDS.find((known) => known === event.target.value) ?? field)}
          className={SELECT}
        >
          {RULE_FIELDS.map((known) => (
            <option key={known} value={known}>
              {known}
            </option>
          ))}
        </select>
        <select
          aria-label="Sense of the new rule"
          data-testid="filter-not"
          value={not ? 'not' : 'is'}
          onChange={(event) => setNot(event.target.value === 'not')}
          className={SELECT}
        >
          <option value="is">is</option>
          <option value="not">is not</option>
        </select>
        <input
          type="text"
          aria-label="Value of the new rule; Enter adds it"
          data-testid="filter-value"
          placeholder={EXAMPLES[field]}
          spellCheck={false}
          autoComplete="off"
          value={value}
          onChange={(event) => setValue(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') addParts()
          }}
          className={`${LEFT} w-40`}
        />
        <Button testId="filter-add" onClick={addParts} disabled={value.trim() === ''}>
          Add
        </Button>
      </span>
      <span className="flex items-center gap-1.5">
        <span className="text-mute">or as a line</span>
        <input
          type="text"
          aria-label="A rule as one line, as in uid!=0; Enter adds it"
          data-testid="filter-line"
          placeholder="uid!=0"
          spellCheck={false}
          autoComplete="off"
          value={line}
          onChange={(event) => setLine(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') addLine()
          }}
          className={`${LEFT} w-52`}
        />
        <Button testId="filter-line-add" onClick={addLine} disabled={line.trim() === ''}>
          Add
        </Button>
      </span>
    </div>
  )
}
