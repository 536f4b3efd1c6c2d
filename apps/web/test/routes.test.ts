import { describe, expect, it } from 'vitest'
import {
  presetOfRoutes,
  presetRoutes,
  routesCommand,
  routesEffect,
  routesOf,
  sameRoutes,
} from '../view/control/routes.ts'
import { makeSettings } from './make-control.ts'

const perSecond = () => 10

describe('tables of routes', () => {
  it('are told by the preset that they are', () => {
    const settings = makeSettings({ preset: 'hot-cold' })
    expect(presetOfRoutes(routesOf(settings))).toBe('hot-cold')
    expect(sameRoutes(routesOf(settings), presetRoutes('hot-cold'))).toBe(true)
    expect(presetOfRoutes({ ...presetRoutes('single'), exec: 'critical' })).toBe('custom')
  })

  it('are asked for by name where they have one, else by the types that move', () => {
    const single = presetRoutes('single')
    expect(routesCommand(single, presetRoutes('subsystem'))).toEqual({ op: 'layout', preset: 'subsystem' })
    expect(routesCommand(single, { ...single, exec: 'critical' })).toEqual({
      op: 'routes',
      routes: [{ eventType: 'exec', slot: 'critical' }],
    })
  })

  it('name every type where it is not known what is in force then', () => {
    const command = routesCommand(null, { ...presetRoutes('single'), exec: 'critical' })
    expect(command.op === 'routes' && command.routes.length).toBe(9)
  })
})

describe('what a table of routes would do', () => {
  it('is nothing where it is in force', () => {
    expect(routesEffect(makeSettings(), presetRoutes('priority'), perSecond)).toEqual([])
  })

  it('names what moves, which buffers are made and which go', () => {
    const text = routesEffect(makeSettings({ preset: 'single' }), presetRoutes('hot-cold'), perSecond).join(' ')
    expect(text).toContain('open, packet, syscall, load and tick to hot')
    expect(text).toContain('Makes buffers for hot (50 ev/s now), cold (40 ev/s now).')
    expect(text).toContain('Empties normal, then takes its buffer away.')
  })

  it('tells of sampling that would end', () => {
    const settings = makeSettings({ types: { open: { rate: 0.1 } } })
    const to = { ...routesOf(settings), open: 'critical' } as const
    expect(routesEffect(settings, to, perSecond).at(-1)).toBe(
      'In critical nothing is sampled: open would be kept whole.',
    )
  })
})
