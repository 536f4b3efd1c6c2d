/**
 * Rules of the filter in the kernel as one typed line each: `uid!=0`, `comm=nginx`, `cgroup=/system.slice`, `type=open,exec`.
 * What is described can be typed again, and means the same. SPEC.md [RULE]. Knows neither the page nor the kernel.
 */
import { type FilterRule, filterRule } from './messages/settings.ts'
import { showString } from './shown-text.ts'
import { EVENT_TYPES, type EventType } from './words.ts'

export type RuleParsed = { ok: true; rule: FilterRule } | { ok: false; message: string }

export const RULE_FIELDS = ['pid', 'uid', 'comm', 'cgroup', 'type'] as const satisfies readonly FilterRule['field'][]
type RuleField = (typeof RULE_FIELDS)[number]

/** [RULE1] One line, safe to show, that parseRule reads back. */
export function describeRule(rule: FilterRule): string {
  return `${rule.field}${rule.not ? '!=' : '='}${valueText(rule)}`
}

/** [RULE3] What a set of rules lets through, in words: "uid!=0 and (comm=nginx or comm=sh)". */
export function describeFilter(rules: readonly FilterRule[]): string {
  const parts = rules.filter((rule) => rule.not).map(describeRule)
  for (const field of RULE_FIELDS) {
    const any = rules.filter((rule) => rule.field === field && !rule.not).map(describeRule)
    if (any.length > 1) parts.push(`(${any.join(' or ')})`)
    else parts.push(...any)
  }
  return parts.length === 0 ? 'everything' : parts.join(' and ')
}

/** [RULE2] Total: a rule that the agent would take, or what is wrong with the line, in words. */
export function parseRule(line: string): RuleParsed {
  const text = line.trim()
  if (text === '') return wrong('write a field, = or !=, and a value, as in uid!=0')
  const parts = /^([^=!<>~]*)(!=|==|=)(.*)$/s.exec(text)
  if (parts === null) return wrong('there is no = or != behind the field, and nothing else compares')
  const name = (parts[1] ?? '').trim().toLowerCase()
  const field = RULE_FIELDS.find((known) => known === name)
  if (field === undefined) {
    return wrong(
      `${name === '' ? 'the field is missing' : `${quoted(name)} is no field`}: pid, uid, comm, cgroup or type`,
    )
  }
  const value = VALUES[field]((parts[3] ?? '').trim())
  if (!value.ok) return wrong(`${field}: ${value.message}`)
  const rule = filterRule.safeParse({ field, not: parts[2] === '!=', value: value.value })
  return rule.success ? { ok: true, rule: rule.data } : wrong(`${field}: ${LIMITS[field]}`)
}

const LIMITS: Readonly<Record<RuleField, string>> = {
  pid: 'a whole number below 2^32',
  uid: 'a whole number below 2^32',
  comm: 'a process name has 1 to 15 bytes, none of them 0',
  cgroup: 'a path from the root of the hierarchy, as in /system.slice, without . and .. in it, at most 512 characters',
  type: `one or more of ${Object.keys(EVENT_TYPES).join(', ')}`,
}

type Value = { ok: true; value: number | string | EventType[] } | { ok: false; message: string }

const VALUES: Readonly<Record<RuleField, (text: string) => Value>> = {
  pid: numberValue,
  uid: numberValue,
  comm: textValue,
  cgroup: textValue,
  type: (text) => {
    const names = text.split(',').map((name) => name.trim().toLowerCase())
    const strange = names.find((name) => !Object.hasOwn(EVENT_TYPES, name))
    if (strange === undefined) return { ok: true, value: [...new Set(names)] as EventType[] }
    const what = strange === '' ? 'a name is missing' : `${quoted(strange)} is no event type`
    return { ok: false, message: `${what}: ${LIMITS.type}` }
  },
}

function numberValue(text: string): Value {
  return /^\d{1,10}$/.test(text) ? { ok: true, value: Number(text) } : { ok: false, message: LIMITS.pid }
}

/** As it stands, or between quotes with the escapes that text is shown with. */
function textValue(text: string): Value {
  if (text.startsWith('"')) return quotedValue(text)
  if (text === '') return { ok: false, message: 'the value is missing' }
  const withoutEscapes = text.replaceAll('\\', '')
  if (showString(withoutEscapes) === withoutEscapes) return { ok: true, value: text }
  return { ok: false, message: `${quoted(text)} holds what cannot be seen: write it between quotes` }
}

const ESCAPE = /\\(?:x([0-7][0-9a-f])|u\{([0-9a-f]{1,6})\}|([tnr"\\]))/giy
const SHORT: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', '"': '"', '\\': '\\' }

function quotedValue(text: string): Value {
  let value = ''
  let at = 1
  while (at < text.length && text[at] !== '"') {
    if (text[at] !== '\\') {
      value += text[at++]
      continue
    }
    ESCAPE.lastIndex = at
    const match = ESCAPE.exec(text)
    const point = Number.parseInt(match?.[1] ?? match?.[2] ?? '0', 16)
    if (match === null || point > 0x10_ffff)
      return { ok: false, message: `${quoted(text.slice(at, at + 2))} is no escape` }
    value += match[3] === undefined ? String.fromCodePoint(point) : (SHORT[match[3].toLowerCase()] ?? '')
    at = ESCAPE.lastIndex
  }
  if (at !== text.length - 1) return { ok: false, message: 'the quotes do not end where the value does' }
  return { ok: true, value }
}

function valueText(rule: FilterRule): string {
  if (rule.field === 'type') return rule.value.join(',')
  if (rule.field === 'pid' || rule.field === 'uid') return String(rule.value)
  const { value } = rule
  const isBare = value.trim() === value && !/^["=]/.test(value) && showString(value) === value
  return isBare ? value : quoted(value)
}

function quoted(text: string): string {
  return `"${showString(text).replaceAll('"', '\\"')}"`
}

function wrong(message: string): RuleParsed {
  return { ok: false, message }
}
