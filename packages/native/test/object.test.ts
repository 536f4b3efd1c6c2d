/** The life of an object: open → configure → load → attach → close, against the real kernel. */
import { fileURLToPath } from 'node:url'
import { BpfObject, BpfProgram, NativeError, onlineCpus, pinThread } from '@ringside/native'
import { afterEach, expect, test } from 'vitest'
import { BROKEN, codeOf, openProbe, PROBE, waitUntil, word32, words } from './probe.ts'

const EMPTY = new Uint8Array(0)
const open: BpfObject[] = []

function opened(): BpfObject {
  const object = openProbe()
  open.push(object)
  return object
}

function loaded(): BpfObject {
  const object = opened()
  object.load()
  return object
}

afterEach(() => {
  for (const object of open.splice(0)) object.close()
})

function errorOf(body: () => unknown): NativeError {
  try {
    body()
  } catch (error) {
    if (error instanceof NativeError) return error
  }
  throw new Error('no NativeError was thrown')
}

test('[NAT-9] a missing file is told with errno, operation and hint', () => {
  const error = errorOf(() => BpfObject.open('/nonexistent.bpf.o'))
  expect(error).toMatchObject({ code: 'ENOENT', errno: 2, operation: 'open /nonexistent.bpf.o' })
  expect(error.hint).not.toBe('')
})

test('[NAT-9] a file that is no object is refused', () => {
  const error = errorOf(() => BpfObject.open(fileURLToPath(import.meta.url)))
  expect(error.operation).toMatch(/^open /)
  expect(error.errno).toBeGreaterThan(0)
})

test('[NAT-9] a refused program carries the end of the log of the verifier, at most 20 lines', () => {
  const object = BpfObject.open(BROKEN)
  const error = errorOf(() => object.load())
  expect(error).toMatchObject({ code: 'EACCES', errno: 13, operation: 'load' })
  expect(error.log).toMatch(/map_value_or_null/)
  expect(error.log.split('\n').length).toBeLessThanOrEqual(20)
  expect(codeOf(() => object.load())).toBe('ECLOSED')
  object.close()
})

test('[NAT-8] configuring after load and using before it are refused', () => {
  const object = opened()
  const early = [() => object.attach('on_timer'), () => object.testRun('put', EMPTY), () => object.map('counts')]
  expect(early.map(codeOf)).toEqual(early.map(() => 'EPHASE'))
  object.load()
  const late = [
    () => object.setMaxEntries('counts', 3),
    () => object.setAutoload('put', false),
    () => object.setGlobal('knob', words(1)),
    () => object.load(),
  ]
  expect(late.map(codeOf)).toEqual(late.map(() => 'EPHASE'))
})

test('[NAT-1] closing twice is nothing, use after it is refused', () => {
  const object = loaded()
  const map = object.map('counts')
  const program = object.program('read_knob')
  object.close()
  object.close()
  const uses = [
    () => object.attach('on_timer'),
    () => object.programs(),
    () => object.struct('layout'),
    () => object.map('counts'),
    () => map.read(0, new Uint8Array(8)),
    () => map.update(word32(0), words(0)),
    () => program.testRun(EMPTY),
    () => program.info(),
  ]
  expect(uses.map(codeOf)).toEqual(uses.map(() => 'ECLOSED'))
})

test('[NAT-7] wrong arguments are named before the kernel is asked', () => {
  const object = opened()
  const wrong = [
    () => BpfObject.open(''),
    () => object.setMaxEntries('counts', 0),
    () => object.setMaxEntries('counts', 1.5),
    () => object.setInnerMap('slots', 5000),
    () => object.setGlobal('knob', new Uint8Array(4)),
    () => object.attach(undefined as never),
    () => BpfProgram.fromFd(-1),
  ]
  expect(wrong.map(codeOf)).toEqual(wrong.map(() => 'EARG'))
  const unknown = [() => object.setMaxEntries('nowhere', 1), () => object.setGlobal('nothing', words(1))]
  expect(unknown.map(codeOf)).toEqual(unknown.map(() => 'ENOENT'))
})

test('[NAT-9] a descriptor of something else is refused with the errno', () => {
  const object = loaded()
  expect(codeOf(() => BpfProgram.fromFd(object.map('counts').fd))).toBe('EINVAL')
})

test('[NAT-19] programs are listed with their sections, and only what is wanted is loaded', () => {
  const object = opened()
  object.setAutoload('print', false)
  object.load()
  const byName = new Map(object.programs().map((program) => [program.name, program]))
  expect(byName.get('on_timer')).toEqual({ name: 'on_timer', section: 'raw_tp/hrtimer_expire_entry', autoload: true })
  expect(byName.get('print')?.autoload).toBe(false)
  expect(codeOf(() => object.testRun('print', EMPTY))).toBe('ENOENT')
})

test('[NAT-19] a map that is not wanted is not created', () => {
  const object = opened()
  object.setAutocreate('undeclared', false)
  object.setAutoload('read_table', false)
  object.load()
  expect(codeOf(() => object.map('undeclared'))).toBe('ENOENT')
})

test('[NAT-19] programs load without the maps that a constant rules out', () => {
  const object = opened()
  for (const map of ['slots', 'undeclared']) object.setAutocreate(map, false)
  object.setGlobal('use_perf', Uint8Array.of(1))
  object.load()
  expect(object.testRun('put', words(8, 1, 0))).toBe(2)
  expect(codeOf(() => object.map('slots'))).toBe('ENOENT')
})

test('[NAT-19] attaching twice is once; what is detached counts no more', () => {
  const object = loaded()
  const counts = new BigUint64Array(16)
  const read = () => {
    object.map('counts').read(0, new Uint8Array(counts.buffer))
    return counts.slice(8).reduce((sum, count) => sum + count, 0n)
  }
  object.attach('on_timer')
  object.attach('on_timer')
  waitUntil(() => read() > 3n)
  object.detach('on_timer')
  object.detach('on_timer')
  const after = read()
  const end = performance.now() + 50
  waitUntil(() => performance.now() > end)
  expect(read()).toBe(after)
})

test('[NAT-19] a program without a place cannot be attached', () => {
  const error = errorOf(() => loaded().attach('put'))
  expect(error.operation).toBe('attach put')
})

test('[NAT-19] a program runs on the CPU that is asked for', () => {
  const object = loaded()
  const cpus = onlineCpus()
  const [first = 0] = cpus
  pinThread(first)
  try {
    expect(cpus.map((cpu) => object.testRun('which_cpu', EMPTY, { cpu }))).toEqual(cpus)
    expect(object.testRun('which_cpu', EMPTY)).toBe(first)
  } finally {
    pinThread(null)
  }
  expect(errorOf(() => object.testRun('which_cpu', EMPTY, { cpu: 4000 })).code).toBe('ENXIO')
})

test('[NAT-19] skipped runs are told', () => {
  const object = loaded()
  expect(object.programInfo('on_print').recursionMisses).toBe(0)
  object.attach('on_print')
  object.testRun('print', EMPTY)
  const { recursionMisses, id } = object.programInfo('on_print')
  expect(id).toBeGreaterThan(0)
  expect(recursionMisses).toBeGreaterThan(0)
})

test('[NAT-20] a struct has the offsets and sizes of the compiler', () => {
  const object = opened()
  expect(object.struct('layout')).toEqual({
    bytes: 16,
    members: [
      { name: 'small', offset: 0, bytes: 1 },
      { name: 'word', offset: 4, bytes: 4 },
      { name: 'wide', offset: 8, bytes: 8 },
      { name: 'tail', offset: 16, bytes: 0 },
    ],
  })
  expect(codeOf(() => object.struct('nothing'))).toBe('ENOENT')
})

test('[NAT-20] a global is what it was set to, and else what it was compiled with', () => {
  const compiled = loaded()
  expect(compiled.testRun('read_knob', EMPTY)).toBe(7)
  const object = opened()
  object.setGlobal('knob', words(4321))
  object.load()
  expect(object.testRun('read_knob', EMPTY)).toBe(4321)
})

test('[NAT-9] a map of maps without an inner map is refused with a cause', () => {
  const object = BpfObject.open(PROBE)
  open.push(object)
  const error = errorOf(() => object.load())
  expect(error.operation).toBe('load')
  expect(error.log).toContain('undeclared')
})
