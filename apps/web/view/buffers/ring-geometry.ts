/** Where things stand on a ring that is drawn to scale: a turn is the capacity, twelve o'clock is position 0, clockwise. */

/** A place on the ring as a share of a turn, in [0, 1). @param position bytes since the ring was made */
export function turnOf(position: number, capacityBytes: number): number {
  if (capacityBytes <= 0) return 0
  const turn = (position % capacityBytes) / capacityBytes
  return turn < 0 ? turn + 1 : turn
}

export function point(turn: number, radius: number, centre: number): readonly [x: number, y: number] {
  const angle = turn * 2 * Math.PI
  return [round(centre + radius * Math.sin(angle)), round(centre - radius * Math.cos(angle))]
}

/** An SVG path along the ring from `from` for `share` of a turn; a whole turn is drawn as two halves. */
export function arc(from: number, share: number, radius: number, centre: number): string {
  const length = Math.min(1, Math.max(0, share))
  if (length === 0) return ''
  const [x, y] = point(from, radius, centre)
  if (length >= 0.9999) {
    const [u, v] = point(from + 0.5, radius, centre)
    return `M${x} ${y}A${radius} ${radius} 0 1 1 ${u} ${v}A${radius} ${radius} 0 1 1 ${x} ${y}`
  }
  const [u, v] = point(from + length, radius, centre)
  return `M${x} ${y}A${radius} ${radius} 0 ${length > 0.5 ? 1 : 0} 1 ${u} ${v}`
}

/** A short line across the ring at one place. */
export function tick(turn: number, inner: number, outer: number, centre: number): string {
  const [x, y] = point(turn, inner, centre)
  const [u, v] = point(turn, outer, centre)
  return `M${x} ${y}L${u} ${v}`
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
