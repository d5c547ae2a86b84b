/**
 * What an account's chat knew last, kept in the browser's IndexedDB, so that the next start shows it at once and
 * without a connection. One database for each account; signing out deletes it.
 *
 * It is a cache: where the browser denies it, or its disk is full or broken, everything works without.
 */

import type { Kept, KeptTimeline } from './kept'

/** Changes with the shape of what is kept; what another version left is thrown away. */
const VERSION = 2
/** Several tabs may have kept more. */
const MOST_ROOMS = 30
const STATE = 'state'
const ROOMS = 'rooms'
/** A database that does not open is done without. */
const OPEN_MS = 2_000
/** A state that is older is shown, but events are not caught up from it: loading anew is less work. */
export const RESUMED_MS = 6 * 3600_000

interface KeptState {
  readonly at: number
  readonly kept: Kept
}

interface KeptRoom {
  readonly at: number
  readonly timeline: KeptTimeline
}

export interface Loaded {
  readonly kept: Kept | null
  readonly timelines: readonly KeptTimeline[]
}

const NOTHING: Loaded = { kept: null, timelines: [] }

export class Cache {
  /** By room: what was kept last. Its messages are another array when they have changed. */
  private readonly saved = new Map<string, KeptTimeline>()
  /** Rooms whose messages are kept for nothing. */
  private readonly gone: string[] = []

  private constructor(
    private db: IDBDatabase | null,
    private readonly failed: (error: unknown) => void,
  ) {
    if (db === null) return
    // Another tab signs out, or has a newer version: it must not wait for this one.
    db.onversionchange = () => this.close()
    db.onclose = () => {
      this.db = null
    }
  }

  /** `failed` hears, at most once, that nothing can be kept. */
  static async open(account: string, failed: (error: unknown) => void): Promise<Cache> {
    let told = false
    const once = (error: unknown) => {
      if (!told) failed(error)
      told = true
    }
    try {
      return new Cache(await opened(nameOf(account)), once)
    } catch (error) {
      once(error)
      return new Cache(null, once)
    }
  }

  async load(): Promise<Loaded> {
    if (this.db === null) return NOTHING
    try {
      const stores = this.db.transaction([STATE, ROOMS], 'readonly')
      const [state, rooms] = await within(
        OPEN_MS,
        Promise.all([
          answer<KeptState | undefined>(stores.objectStore(STATE).get(STATE)),
          answer<KeptRoom[]>(stores.objectStore(ROOMS).getAll()),
        ]),
      )
      if (state === undefined) return NOTHING
      rooms.sort((one, other) => one.at - other.at)
      const known = new Set(state.kept.opened.rooms.map(({ id }) => id))
      const found = rooms.filter(({ timeline }) => known.has(timeline.room)).slice(-MOST_ROOMS)
      for (const one of rooms)
        if (found.includes(one)) this.saved.set(one.timeline.room, one.timeline)
        else this.gone.push(one.timeline.room)
      return { kept: ripe(state), timelines: found.map(({ timeline }) => timeline) }
    } catch (error) {
      this.give(error)
      return NOTHING
    }
  }

  /**
   * Keeps state and cursor, and the timelines that have changed, in one transaction. A state that another tab has kept
   * later stays. A tab that only follows keeps its timelines, each of which says how far it goes (`kept` is null).
   */
  async save(kept: Kept | null, timelines: readonly KeptTimeline[]): Promise<void> {
    if (this.db === null) return
    try {
      const stores = this.db.transaction([STATE, ROOMS], 'readwrite')
      const done = finished(stores)
      this.putRooms(stores, timelines)
      if (kept !== null) {
        const state = stores.objectStore(STATE)
        const before = await answer<KeptState | undefined>(state.get(STATE))
        const { epoch, position } = kept.opened
        if (before?.kept.opened.epoch !== epoch || before.kept.opened.position <= position)
          putState(stores, kept)
      }
      await done
    } catch (error) {
      this.give(error)
    }
  }

  /** The same in a page that goes: no answer comes any more, so nothing may depend on one. */
  saveLast(kept: Kept, timelines: readonly KeptTimeline[]): void {
    if (this.db === null) return
    try {
      const stores = this.db.transaction([STATE, ROOMS], 'readwrite')
      void finished(stores)
      this.putRooms(stores, timelines)
      putState(stores, kept)
      stores.commit()
    } catch (error) {
      this.give(error)
    }
  }

  private putRooms(stores: IDBTransaction, timelines: readonly KeptTimeline[]): void {
    const rooms = stores.objectStore(ROOMS)
    for (const room of this.gone.splice(0)) rooms.delete(room)
    for (const timeline of timelines) {
      const before = this.saved.get(timeline.room)
      if (before?.head === timeline.head && before.messages === timeline.messages) continue
      rooms.put({ at: Date.now(), timeline } satisfies KeptRoom, timeline.room)
      this.saved.set(timeline.room, timeline)
    }
  }

  close(): void {
    this.db?.close()
    this.db = null
  }

  /** Forgets all that is kept of an account, in every tab. */
  static async wipe(account: string): Promise<void> {
    try {
      await within(OPEN_MS, answer(indexedDB.deleteDatabase(nameOf(account))))
    } catch {
      // There is no IndexedDB, and so nothing in it; or another tab holds it and deletes it when that closes.
    }
  }

  /** Forgets accounts that are signed out, where that could not be done at the time. */
  static async sweep(accounts: readonly string[]): Promise<void> {
    try {
      for (const { name } of await indexedDB.databases())
        if (name?.startsWith(PREFIX) && !accounts.includes(name.slice(PREFIX.length)))
          await Cache.wipe(name.slice(PREFIX.length))
    } catch {
      // Storage is denied, and nothing is in it.
    }
  }

  private give(error: unknown): void {
    if (this.db === null) return
    this.close()
    this.failed(error)
  }
}

function putState(stores: IDBTransaction, kept: Kept): void {
  stores.objectStore(STATE).put({ at: Date.now(), kept } satisfies KeptState, STATE)
}

const PREFIX = 'chatd.cache.'
const nameOf = (account: string) => PREFIX + account

function ripe({ at, kept }: KeptState): Kept {
  const age = Date.now() - at
  // A cursor without its epoch begins anew. A clock that was turned back makes no state old.
  return age < RESUMED_MS ? kept : { ...kept, opened: { ...kept.opened, epoch: '' } }
}

/** A newer client's is made anew as well: its server went back to an older build. */
async function opened(name: string): Promise<IDBDatabase> {
  try {
    return await openedAs(name)
  } catch (error) {
    if ((error as Error).name !== 'VersionError') throw error
    await within(OPEN_MS, answer(indexedDB.deleteDatabase(name)))
    return openedAs(name)
  }
}

function openedAs(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, VERSION)
  request.onupgradeneeded = () => {
    const db = request.result
    for (const store of db.objectStoreNames) db.deleteObjectStore(store)
    db.createObjectStore(STATE)
    db.createObjectStore(ROOMS)
  }
  return within(OPEN_MS, answer(request))
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function finished(transaction: IDBTransaction): Promise<void> {
  const promise = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
  })
  promise.catch(() => undefined) // whoever awaits it hears of it
  return promise
}

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the browser’s storage does not answer')), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
