/** Names, avatars and presence of accounts, asked for when somebody is first shown, in batches. */

import type { ReadonlySignal } from '@preact/signals-core'
import type { AccountPresence, Profile } from '../wire/contract'
import { Table } from './table'

const BATCH = 100
const GATHER_MS = 20

export class People {
  readonly profiles = new Table<Profile>()
  readonly presences = new Table<AccountPresence>()
  private wanted = new Set<string>()
  private readonly asked = new Set<string>()
  /** Who is shown and could not be had. */
  private readonly missing = new Set<string>()
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly ask: (accounts: string[]) => Promise<readonly Profile[]>) {}

  /** The profile, to be watched; it is loaded if it is not there yet. `system` and operators have none. */
  profile(account: string): ReadonlySignal<Profile | undefined> {
    this.want(account)
    return this.profiles.row(account)
  }

  want(account: string): void {
    if (this.profiles.get(account) !== undefined || this.asked.has(account)) return
    if (account === 'system' || account.includes(':')) return
    this.wanted.add(account)
    this.soon()
  }

  /** Waits until the profile is there, or cannot be had: what is said once names people. */
  async known(account: string): Promise<void> {
    if (account === 'system' || account.includes(':') || this.profiles.get(account) !== undefined) return
    for (const profile of await this.ask([account]).catch(() => [])) this.profiles.set(account, profile)
  }

  /** Asks again for one who is looked at: what others change about themselves, no event tells. */
  renew(account: string): void {
    this.wanted.add(account)
    this.soon()
  }

  /** Asks again for everybody who is shown: after a connection that missed something. */
  reload(): void {
    this.asked.clear()
    for (const id of this.profiles.ids.peek()) this.wanted.add(id)
    if (this.wanted.size > 0) this.soon()
  }

  /** Asks for whom could not be had before there was a connection: what is drawn by now does not ask again. */
  again(): void {
    for (const account of this.missing) this.want(account)
    this.missing.clear()
  }

  private soon(): void {
    this.timer ??= setTimeout(() => void this.load(), GATHER_MS)
  }

  private async load(): Promise<void> {
    this.timer = undefined
    const batch = [...this.wanted].slice(0, BATCH)
    for (const id of batch) {
      this.wanted.delete(id)
      this.asked.add(id)
    }
    try {
      for (const profile of await this.ask(batch)) this.profiles.set(profile.account, profile)
    } catch {
      for (const id of batch) {
        this.asked.delete(id) // whoever shows them next asks again
        this.missing.add(id)
      }
    }
    if (this.wanted.size > 0) this.soon()
  }
}
