/** Rules of the filter as typed lines: what is described can be typed again, and what cannot be meant is told. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FilterRule, filterRule } from '../src/messages/settings.ts'
import { describeFilter, describeRule, parseRule } from '../src/rules.ts'
import { EVENT_TYPES, type EventType } from '../src/words.ts'

const word = fc.oneof(fc.nat(5), fc.integer({ min: 0, max: 0xffff_ffff }))
const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 15 }),
  fc.string({ minLength: 1, maxLength: 15, unit: 'binary' }),
  fc.constantFrom(
    'nginx',
    ' ',
    '"',
    '="',
    '\\',
    '\\"',
    'a"b',
    'kworker/u8:3',
    'a,b',
    'a=b',
    '!=',
    '\u200b',
    '\u001b[2J',
  ),
)
const anyRule: fc.Arbitrary<FilterRule> = fc
  .oneof(
    fc.record({ field: fc.constantFrom('pid' as const, 'uid' as const), not: fc.boolean(), value: word }),
    fc.record({ field: fc.constant('comm' as const), not: fc.boolean(), value: text }),
    fc.record({ field: fc.constant('cgroup' as const), not: fc.boolean(), value: text.map((path) => `/${path}`) }),
    fc.record({
      field: fc.constant('type' as const),
      not: fc.boolean(),
      value: fc.subarray(Object.keys(EVENT_TYPES) as EventType[], { minLength: 1 }),
    }),
  )
  .filter((rule) => filterRule.safeParse(rule).success)

describe('rules', () => {
  it('[RULE1] any rule that is described and typed again is the same rule', () => {
    fc.assert(
      fc.property(anyRule, (rule) => {
        const parsed = parseRule(describeRule(rule))
        if (!parsed.ok) throw new Error(`${describeRule(rule)}: ${parsed.message}`)
        expect(parsed.rule).toEqual(rule)
      }),
      { numRuns: 10_000 },
    )
  })

  it('[RULE1] what is described is safe to show', () => {
    fc.assert(
      fc.property(anyRule, (rule) => {
        expect(describeRule(rule)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
      }),
      { numRuns: 10_000 },
    )
  })

  it('[RULE2] any line gives a rule that the agent takes, or words', () => {
    const near = fc
      .tuple(
        fc.constantFrom('pid', 'UID', ' comm', 'cgroup ', 'type', ''),
        fc.constantFrom('=', '!=', '==', '<', ''),
        text,
      )
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), near), (line) => {
        const parsed = parseRule(line)
        if (parsed.ok) expect(filterRule.safeParse(parsed.rule)).toEqual({ success: true, data: parsed.rule })
        else expect(parsed.message).toMatch(/^[^\p{Cc}\p{Cf}]+$/u)
      }),
      { numRuns: 10_000 },
    )
  })

  it.each<[string, FilterRule]>([
    ['uid!=0', { field: 'uid', not: true, value: 0 }],
    [' UID == 1000 ', { field: 'uid', not: false, value: 1000 }],
    ['pid=1234', { field: 'pid', not: false, value: 1234 }],
    ['comm=nginx', { field: 'comm', not: false, value: 'nginx' }],
    ['comm = tmux: server', { field: 'comm', not: false, value: 'tmux: server' }],
    ['comm=a\\b', { field: 'comm', not: false, value: 'a\\b' }],
    ['comm="\\x1b\\u{200b}\\t "', { field: 'comm', not: false, value: '\u001b\u200b\t ' }],
    ['cgroup=/system.slice', { field: 'cgroup', not: false, value: '/system.slice' }],
    ['type=open, exec,open', { field: 'type', not: false, value: ['open', 'exec'] }],
  ])('[RULE2] %s', (line, rule) => {
    expect(parseRule(line)).toEqual({ ok: true, rule })
  })

  it.each([
    ['', 'write a field'],
    ['uid', 'there is no = or !='],
    ['uid<5', 'there is no = or !='],
    ['=5', 'the field is missing: pid, uid, comm, cgroup or type'],
    ['user=root', '"user" is no field'],
    ['uid=root', 'uid: a whole number'],
    ['uid=-1', 'uid: a whole number'],
    ['pid=4294967296', 'pid: a whole number'],
    ['comm=', 'comm: the value is missing'],
    ['comm=sixteen-bytes-xy', 'comm: a process name has 1 to 15 bytes'],
    ['comm=ßßßßßßßß', 'comm: a process name has 1 to 15 bytes'],
    ['comm=""', 'comm: a process name has 1 to 15 bytes'],
    ['comm="\\x00"', 'comm: a process name has 1 to 15 bytes'],
    ['comm="nginx', 'comm: the quotes do not end'],
    ['comm="a"b', 'comm: the quotes do not end'],
    ['comm="\\q"', 'comm: "\\\\q" is no escape'],
    ['comm="\\u{110000}"', 'is no escape'],
    ['comm=a\u200b', 'holds what cannot be seen'],
    ['cgroup=system.slice', 'cgroup: a path from the root'],
    ['cgroup=/a/../..', 'cgroup: a path from the root'],
    ['type=opn', 'type: "opn" is no event type: one or more of fork'],
    ['type=open,', 'type: a name is missing'],
    ['type=constructor', 'is no event type'],
  ])('[RULE2] %j is told what is wrong', (line, message) => {
    expect(parseRule(line)).toMatchObject({ ok: false, message: expect.stringContaining(message) })
  })

  it('[RULE3] a set of rules says what it lets through', () => {
    const rules = ['comm=sh', 'uid!=0', 'type=open', 'comm=nginx', 'pid!=1'].map((line) => {
      const parsed = parseRule(line)
      if (!parsed.ok) throw new Error(parsed.message)
      return parsed.rule
    })
    expect(describeFilter(rules)).toBe('uid!=0 and pid!=1 and (comm=sh or comm=nginx) and type=open')
    expect(describeFilter([])).toBe('everything')
  })
})
