/**
 * Space-Saving (Metwally, Agrawal, El Abbadi, 2005) for weighted updates: the heaviest keys in bounded memory. A key's
 * true count lies in [count − error, count]; that of a key that is not here is at most `least`.
 */

export interface Counted {
  key: string
  count: number
  error: number
}

export class SpaceSaving {
  readonly capacity: number
  /** Weight of all updates. */
  total = 0
  /** A min-heap by count. */
  readonly #heap: Counted[] = []
  readonly #places = new Map<string, number>()

  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** The most that a key may have counted without being here. */
  get least(): number {
    return this.#heap.length < this.capacity ? 0 : (this.#heap[0] as Counted).count
  }

  add(key: string, weight: number): void {
    this.total += weight
    const place = this.#places.get(key)
    if (place !== undefined) {
      ;(this.#heap[place] as Counted).count += weight
      this.#sink(place)
    } else if (this.#heap.length < this.capacity) {
      this.#heap.push({ key, count: weight, error: 0 })
      this.#places.set(key, this.#heap.length - 1)
      this.#rise(this.#heap.length - 1)
    } else {
      const least = this.#heap[0] as Counted
      this.#places.delete(least.key)
      this.#places.set(key, 0)
      least.key = key
      least.error = least.count
      least.count += weight
      this.#sink(0)
    }
  }

  /** In no order. */
  entries(): readonly Readonly<Counted>[] {
    return this.#heap
  }

  #rise(place: number): void {
    let at = place
    while (at > 0) {
      const parent = (at - 1) >>> 1
      if (this.#count(parent) <= this.#count(at)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #sink(place: number): void {
    let at = place
    for (;;) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#heap.length && this.#count(child) < this.#count(least)) least = child
      }
      if (least === at) return
      this.#swap(at, least)
      at = least
    }
  }

  #count(place: number): number {
    return (this.#heap[place] as Counted).count
  }

  #swap(a: number, b: number): void {
    const first = this.#heap[a] as Counted
    const second = this.#heap[b] as Counted
    this.#heap[a] = second
    this.#heap[b] = first
    this.#places.set(second.key, a)
    this.#places.set(first.key, b)
  }
}
