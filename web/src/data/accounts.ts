/**
 * The accounts that this browser is signed in to, and their tokens.
 *
 * A refresh token works once. Two tabs that rotate it at the same moment would end the device, so whoever refreshes
 * holds a lock and reads the stored token inside it.
 */

import { type ReadonlySignal, signal } from '@preact/signals-core'
import type { SignedIn } from '../wire/contract'
import { askOnce } from './connection'
import { Refused } from './refusal'

export interface KnownAccount {
  readonly id: string
  readonly name: string
  readonly display_name: string
  readonly access_token: string
  readonly refresh_token: string
  /** When the access token ends, Unix milliseconds by this machine's clock. */
  readonly expires_at: number
}

export interface TokenShelf {
  read(): readonly KnownAccount[]
  write(accounts: readonly KnownAccount[]): void
}

/** Runs `work` while no other tab runs work of the same name. */
export type Lock = <T>(name: string, work: () => Promise<T>) => Promise<T>

/** Before this much of its life is left a token is exchanged, so that it does not end on its way. */
const EARLY_MS = 30_000

export class Accounts {
  private readonly known = signal<readonly KnownAccount[]>([])

  constructor(
    private readonly url: string,
    private readonly shelf: TokenShelf,
    private readonly lock: Lock,
  ) {
    this.known.value = shelf.read()
  }

  get all(): ReadonlySignal<readonly KnownAccount[]> {
    return this.known
  }

  add(signedIn: SignedIn): KnownAccount {
    const account = kept(signedIn)
    this.save([...this.shelf.read().filter(({ id }) => id !== account.id), account])
    return account
  }

  remove(id: string): void {
    this.save(this.shelf.read().filter((account) => account.id !== id))
  }

  /** An access token; `fresh`: not the one that is kept. Rejects with `Refused` when the device has ended. */
  token(id: string, fresh = false): Promise<string> {
    return this.lock(`chatd-refresh-${id}`, async () => {
      const account = this.shelf.read().find((one) => one.id === id)
      if (account === undefined) throw new Refused('unauthenticated', 'this account is signed out')
      if (!fresh && account.expires_at - EARLY_MS > Date.now()) return account.access_token
      const { refresh_token } = account
      const next = kept(await askOnce(this.url, 'account.refresh', { refresh_token }))
      this.save(this.shelf.read().map((one) => (one.id === id ? next : one)))
      return next.access_token
    })
  }

  /** What the account is called now. */
  describe(id: string, name: string, display_name: string): void {
    const before = this.shelf.read().find((one) => one.id === id)
    if (before === undefined || (before.name === name && before.display_name === display_name)) return
    this.save(this.shelf.read().map((one) => (one.id === id ? { ...one, name, display_name } : one)))
  }

  /** Another tab has changed the list. */
  reread(): void {
    this.known.value = this.shelf.read()
  }

  private save(accounts: readonly KnownAccount[]): void {
    this.shelf.write(accounts)
    this.known.value = accounts
  }
}

function kept({ account, access_token, refresh_token, expires_in }: SignedIn): KnownAccount {
  const { id, name, display_name } = account
  return { id, name, display_name, access_token, refresh_token, expires_at: Date.now() + expires_in * 1000 }
}
