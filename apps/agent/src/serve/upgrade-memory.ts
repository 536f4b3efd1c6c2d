/** Whether WebSocket upgrades come through, by the name they were sent to: what makes a proxy's mistake visible. */

export type UpgradeSeen = 'untried' | 'forwarded' | 'dropped'

/** Names are those that the guard lets in, so there are few. */
export class UpgradeMemory {
  readonly #byHost = new Map<string, UpgradeSeen>()

  note(host: string, seen: Exclude<UpgradeSeen, 'untried'>): void {
    this.#byHost.set(host, seen)
  }

  seen(host: string): UpgradeSeen {
    return this.#byHost.get(host) ?? 'untried'
  }
}
