/** What the data layer needs of a browser: storage that may be denied, and locks between tabs. */

import type { KnownAccount, Lock, TokenShelf } from '../data/accounts'
import { nonce } from '../data/nonce'
import type { OutboxEntry, OutboxShelf } from '../data/outbox'
import { Lost } from '../data/refusal'
import type { Locks } from '../data/tabs'
import { keysOf, store, stored, unstore } from './storage'

export const ACCOUNTS = 'chatd.accounts'
/** A tab that was frozen while it had the lock is not waited for longer. */
const LOCK_MS = 10_000
const TAB = nonce()

export const tokenShelf: TokenShelf = {
  read: () => stored<KnownAccount[]>(ACCOUNTS) ?? [],
  write: (accounts) => store(ACCOUNTS, accounts),
}

/** A page that did not come over HTTPS has none; the server forgives two tabs that use one token in a minute. */
export const locks: LockManager | undefined = globalThis.navigator?.locks

export const withLock: Lock = async (name, work) => {
  if (locks === undefined) return work()
  const signal = AbortSignal.timeout(LOCK_MS)
  try {
    return (await locks.request(name, { signal }, work)) as Awaited<ReturnType<typeof work>>
  } catch (error) {
    if (error === signal.reason) throw new Lost('another tab does not let go')
    throw error
  }
}

export const tabLocks = (): Locks | null =>
  locks === undefined || typeof BroadcastChannel === 'undefined' ? null : (locks as Locks)

// Held as long as this tab lives: so others know whose messages are still under way.
const TAB_LOCK = 'chatd-tab-'
void locks?.request(TAB_LOCK + TAB, () => new Promise(() => undefined))

/** Each draft has a key of its own behind this. */
export const draftsOf = (account: string) => `chatd.drafts.${account}.`

interface Shelved {
  readonly tab: string
  readonly entry: OutboxEntry
}

const outboxKey = (account: string) => `chatd.outbox.${account}.`

/** Each entry stands by itself, so that tabs do not write over each other. A tab takes up what dead ones left. */
export function outboxShelf(account: string): OutboxShelf {
  const prefix = outboxKey(account)
  return {
    put: (entry) => store(prefix + entry.nonce, { tab: TAB, entry } satisfies Shelved),
    remove: (nonce) => unstore(prefix + nonce),
    all: () =>
      withLock(`chatd-outbox-${account}`, async () => {
        const alive = await tabsAlive()
        const found: OutboxEntry[] = []
        for (const key of keysOf(prefix)) {
          const shelved = stored<Shelved>(key)
          if (shelved === null || (shelved.tab !== TAB && alive.has(shelved.tab))) continue
          store(key, { ...shelved, tab: TAB })
          found.push(shelved.entry)
        }
        return found.sort((one, other) => one.at - other.at)
      }).catch(() => []),
    watch(left) {
      const stop = new AbortController()
      const { signal } = stop
      const awaited = new Set([TAB])
      const wait = (shelved: Shelved | null) => {
        if (shelved === null || awaited.has(shelved.tab)) return
        awaited.add(shelved.tab)
        locks
          ?.request(TAB_LOCK + shelved.tab, { mode: 'shared', signal }, () => undefined)
          .then(left, () => undefined)
      }
      for (const key of keysOf(prefix)) wait(stored(key))
      // Comes with what other tabs put.
      addEventListener('storage', ({ key }) => key?.startsWith(prefix) && wait(stored(key)), { signal })
      return () => stop.abort()
    },
  }
}

async function tabsAlive(): Promise<ReadonlySet<string>> {
  const held = (await locks?.query())?.held ?? []
  return new Set(held.map(({ name = '' }) => name.replace(TAB_LOCK, '')))
}

/** Who of several tabs takes up what another one left. Without locks each takes up all: the server has it once anyway. */
export const tabs = { own: TAB, alive: tabsAlive }

/** What this browser keeps of an account outside its cache. */
export function forget(account: string): void {
  const keys = [...keysOf('chatd.')].filter((key) => key.includes(account))
  for (const key of keys) unstore(key)
}

/** The same where the device was ended from elsewhere: drafts that are only here stay, and so does what is under way. */
export function forgetSaved(account: string): void {
  unstore(`chatd.searches.${account}`)
  for (const key of keysOf(draftsOf(account))) if (stored<{ saved: boolean }>(key)?.saved) unstore(key)
}
