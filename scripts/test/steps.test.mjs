import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { explain, Steps } from '../lib/steps.mjs'

describe('[set-up] a step', () => {
  it('says what it does and why before it starts', async () => {
    const printed = []
    const steps = new Steps('steps-test', (text) => printed.push(text))
    await steps.step('Build', 'it is needed', () => expect(printed[0]).toContain('Build: it is needed'))
    expect(printed.at(-1)).toContain('done in')
  })

  it('fails with its name, the end of its output, the command that mends it, and the file of its full log', async () => {
    const steps = new Steps('steps-test', () => {})
    const script = 'for (let i = 0; i < 100; i++) console.error("line", i); process.exit(3)'
    const command = { command: process.execPath, args: ['-e', script], mend: 'mend it' }
    const error = await steps.step('Build', 'it is needed', ({ must }) => must(command)).catch((caught) => caught)
    const text = explain(error)
    expect(text).toContain('FAILED at "Build"')
    expect(text).toContain('exit 3')
    expect(text).toContain('line 99')
    expect(text).not.toContain('line 9\n')
    expect(text).toContain('To mend this: mend it')
    expect(readFileSync(error.log, 'utf8')).toContain('line 0')
  })
})
