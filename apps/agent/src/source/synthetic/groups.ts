/** The control groups of the synthetic host, and the ids that they have in its hierarchy: the same on every day. */

export interface ControlGroup {
  /** Below the root of the hierarchy, as in /proc/<pid>/cgroup. */
  path: string
  /** From the root down to itself. */
  ids: readonly number[]
}

const ROOT_ID = 1
/** Ids are inode numbers, which are not told one after the other: each group has some files. */
const ID_STEP = 43

export class ControlGroups {
  readonly #groups = new Map<string, ControlGroup>([['/', { path: '/', ids: [ROOT_ID] }]])

  /** Makes the group, and those above it, unless they are there. */
  make(path: string): ControlGroup {
    const known = this.#groups.get(path)
    if (known !== undefined) return known
    const above = this.make(path.slice(0, path.lastIndexOf('/')) || '/')
    const group = { path, ids: [...above.ids, ROOT_ID + this.#groups.size * ID_STEP] }
    this.#groups.set(path, group)
    return group
  }

  find(path: string): ControlGroup | undefined {
    return this.#groups.get(path.replace(/(?<=.)\/+$/, ''))
  }

  withId(id: number): ControlGroup | undefined {
    return [...this.#groups.values()].find(({ ids }) => ids.at(-1) === id)
  }

  get paths(): string[] {
    return [...this.#groups.keys()]
  }
}
