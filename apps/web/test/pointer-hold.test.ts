import { describe, expect, it } from 'vitest'
import { Explorer } from '../store/explorer.ts'
import { pointerHold } from '../view/explorer/use-pointer-hold.ts'

describe('the pointer over the table', () => {
  it('holds it, and lets go when the room is left', () => {
    const table = new Explorer()
    const { move, release } = pointerHold(table)
    move()
    expect(table.pausedBy).toBe('pointer')
    release()
    expect(table.pausedBy).toBeNull()
  })

  it("does not end the operator's pause", () => {
    const table = new Explorer()
    const { move, release } = pointerHold(table)
    move()
    table.pause('operator')
    release()
    expect(table.pausedBy).toBe('operator')
  })
})
