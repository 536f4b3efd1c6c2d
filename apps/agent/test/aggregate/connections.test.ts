import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Connections, connectionRow } from '../../src/aggregate/connections.ts'
import { type Flow, tableWindow } from './table-window.ts'

const ZERO = { hi: 0, lo: 0 }

function merge(connections: Connections, flows: readonly Flow[], zero = ZERO): void {
  const { keys, sums } = tableWindow({ flows }).connections
  connections.merge(keys, sums, zero)
}

function flow(peer: number, shape: Partial<Flow> = {}): Flow {
  return { peer, port: 50_000, packets: 1, bytes: 100, firstNs: 0, lastNs: 0, ...shape }
}

const flows = fc.uniqueArray(
  fc.record({
    peer: fc.integer({ min: 1, max: 20 }),
    port: fc.constantFrom(50_000, 50_001),
    packets: fc.nat({ max: 1e6 }),
    bytes: fc.nat({ max: 1e9 }),
    firstNs: fc.nat({ max: 1e9 }),
    lastNs: fc.nat({ max: 1e9 }),
  }),
  { maxLength: 30, selector: ({ peer, port }) => peer * 65_536 + port },
)

test('merging conserves packets and bytes, whatever is forgotten', () => {
  fc.assert(
    fc.property(fc.array(flows, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), (windows, capacity) => {
      const connections = new Connections(capacity)
      const sum = { packets: 0, bytes: 0 }
      for (const window of windows) {
        merge(connections, window)
        for (const { packets, bytes } of window) {
          sum.packets += packets
          sum.bytes += bytes
        }
        expect(connections.known).toBeLessThanOrEqual(capacity)
      }
      expect({ packets: connections.packets, bytes: connections.bytes }).toEqual(sum)
      if (connections.forgotten > 0) return
      const rows = connections.heaviest(1000)
      expect(rows.reduce((total, row) => total + row.packets, 0)).toBe(sum.packets)
      expect(rows.reduce((total, row) => total + row.bytes, 0)).toBe(sum.bytes)
    }),
  )
})

test('a connection keeps its first and its last time, and the bytes of the last window', () => {
  const connections = new Connections(10)
  merge(connections, [flow(1, { bytes: 100, firstNs: 5, lastNs: 9 })])
  merge(connections, [flow(1, { bytes: 30, firstNs: 12, lastNs: 20 })])
  expect(connections.heaviest(1)).toMatchObject([{ packets: 2, bytes: 130, bytesNow: 30, firstNs: 5, lastNs: 20 }])
  merge(connections, [])
  expect(connections.heaviest(1)).toMatchObject([{ bytes: 130, bytesNow: 0 }])
})

test('those that have been quiet longest are forgotten, and counted', () => {
  const connections = new Connections(2)
  merge(connections, [flow(1, { lastNs: 30 }), flow(2, { lastNs: 10 }), flow(3, { lastNs: 20 })])
  expect([connections.known, connections.forgotten]).toEqual([2, 1])
  expect(connections.heaviest(3).map(({ lastNs }) => lastNs)).toEqual([30, 20])
})

test('the heaviest by bytes come first, with addresses and times as they are shown', () => {
  const connections = new Connections(10)
  merge(connections, [flow(1), flow(2, { bytes: 900, firstNs: 2_000_000, lastNs: 3_500_000 })], {
    hi: 0,
    lo: 1_000_000,
  })
  const [row] = connections.heaviest(1).map((known) => connectionRow(known, 1_000))
  expect(row).toEqual({
    ...{ protocol: 6, direction: 'out', source: '10.0.0.1:443', destination: '10.0.0.2:50000' },
    ...{ packets: 1, bytes: 900, bytesNow: 900, firstMs: 1001, lastMs: 1002.5 },
  })
})
