/** Which account's chat is shown, and the accounts of this browser. */

import { effect, signal } from '@preact/signals'
import { Accounts } from '../data/accounts'
import { Cache } from '../data/cache'
import { Chat, type LinkFactory } from '../data/chat'
import { httpFiles } from '../data/files'
import { Keeping } from '../data/keeping'
import { SocketLink } from '../data/link'
import { TabsLink } from '../data/tabs'
import { wipeUploads } from '../data/upload_shelf'
import { said } from '../i18n/said'
import { forgetToasts, toast } from '../ui/toasts'
import type { SignedIn } from '../wire/contract'
import { ACCOUNTS, forget, forgetSaved, outboxShelf, tabLocks, tokenShelf, withLock } from './browser'
import { browserUploads } from './browser_uploads'
import { addressed, go } from './route'
import { storageFailed, store, stored } from './storage'
import { t } from './words'

const CURRENT = 'chatd.account'

export const socketUrl = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`
export const accounts = new Accounts(socketUrl, tokenShelf, withLock)

/** The chat that is shown; null while nobody is signed in. */
export const chat = signal<Chat | null>(null)

interface Shown {
  readonly account: string
  readonly chat: Chat
  readonly keeping: Keeping
  stop(): void
}

let shown: Shown | null = null
/** The account that the person signs out here, which is no news to them. */
let signingOut: string | null = null
/** The account that is being shown, while its cache is read. */
let coming: string | null = null

/** Shows the account that was shown last in this tab, or in any. */
export async function start(): Promise<void> {
  const all = accounts.all.peek()
  const [told, link] = addressed(location.hash) ?? [null, null]
  // The account may have been signed out since it was told.
  if (link !== null) go(all.some(({ id }) => id === told) ? link : '#/', true)
  const wanted = told ?? currentOfTab() ?? stored<string>(CURRENT)
  void Cache.sweep(all.map(({ id }) => id))
  const account = all.find(({ id }) => id === wanted) ?? all[0]
  if (account !== undefined) await show(account.id)
}

/** Shows an account: what is kept of it at once, and what is true as soon as there is a connection. */
export async function show(account: string): Promise<void> {
  if (account === shown?.account) return
  leave()
  coming = account
  rememberCurrent(account)
  const cache = await Cache.open(account, storageFailed)
  const { kept, timelines } = await cache.load()
  if (coming !== account) {
    cache.close()
    return
  }
  coming = null
  const link: LinkFactory = (options) => {
    const { kept: keptHere, restore, ...more } = options
    const connect = (own: typeof more) =>
      new SocketLink({ url: socketUrl, token: (fresh) => accounts.token(account, fresh), ...own })
    const locks = tabLocks()
    if (locks === null) return connect(more)
    return new TabsLink({
      account,
      locks,
      connect,
      ...more,
      kept: keptHere,
      restore,
      channel: (name) => new BroadcastChannel(name),
      visible: () => document.visibilityState === 'visible',
    })
  }
  const files = httpFiles('', (fresh) => accounts.token(account, fresh))
  const uploading = browserUploads(account, () => accounts.token(account))
  const next = new Chat(link, outboxShelf(account), kept, timelines, files, uploading)
  const keeping = new Keeping(next, cache)
  const stopDescribing = effect(() => {
    const { value } = next.store.account
    if (value !== null) accounts.describe(account, value.name, value.display_name)
  })
  const stopWatching = effect(() => {
    const status = next.status.value
    if (status.state === 'open') void import('./clock').then((clock) => clock.askTime())
    if (status.state !== 'ended' || status.why !== 'signed_out') return
    // After the effect, which must not change what it reads.
    queueMicrotask(() => void ended(account, status.reason))
  })
  const stop = () => {
    stopDescribing()
    stopWatching()
  }
  shown = { account, chat: next, keeping, stop }
  chat.value = next
}

export function signedIn(result: SignedIn): Promise<void> {
  forgetToasts()
  return show(accounts.add(result).id)
}

/** Ends the device on the server, and forgets the account here even if the server cannot be reached. */
export async function signOut(account: string): Promise<void> {
  signingOut = account
  if (shown?.account === account) await shown.chat.ask('account.sign_out', {}, 5_000).catch(() => undefined)
  else await endDevice(account).catch(() => undefined)
  accounts.remove(account)
  if (shown?.account === account) leave()
  if (stored(`chatd.push.${account}`)) void import('../notify/push').then((push) => push.dropSubscription())
  forget(account)
  wipeUploads(account)
  await Cache.wipe(account)
  forget(account) // what was under way may have been written meanwhile
  signingOut = null
  if (shown === null) await start()
}

/** Every account of this browser; the one that is shown last, so that no other is shown in between. */
export async function signOutAll(): Promise<void> {
  const here = shown?.account
  for (const { id } of accounts.all.peek()) if (id !== here) await signOut(id)
  if (here !== undefined) await signOut(here)
}

/** Ends the device of an account that has no connection. */
async function endDevice(account: string): Promise<void> {
  await fetch('/api/v1/account/sign_out', {
    method: 'POST',
    headers: { Authorization: `Bearer ${await accounts.token(account)}` },
    signal: AbortSignal.timeout(5_000),
  })
}

/** Keeps what is known; the page may be going. */
export function keepNow(): void {
  shown?.keeping.last()
}

/** The server ended the device: from elsewhere, or by another tab. What was not sent yet stays here. */
async function ended(account: string, reason: string): Promise<void> {
  const wasKnown = accounts.all.peek().some(({ id }) => id === account)
  accounts.reread()
  const isKnown = accounts.all.peek().some(({ id }) => id === account)
  accounts.remove(account)
  if (shown?.account === account) leave()
  forgetSaved(account)
  await Cache.wipe(account)
  if (wasKnown && isKnown && signingOut !== account)
    toast(t('signed_out', { reason: reason ? said({ message: reason }) : t('device_ended') }), 'error')
  if (shown === null) await start()
}

function leave(): void {
  coming = null
  const left = shown
  shown = null
  chat.value = null
  left?.stop()
  left?.keeping.close()
  left?.chat.close()
}

/** Another tab signed in or out. */
function listChanged(): void {
  accounts.reread()
  const account = shown?.account
  if (account === undefined) {
    if (accounts.all.peek().length > 0) forgetToasts() // that they were signed out here is no longer so
    void start()
  } else if (!accounts.all.peek().some(({ id }) => id === account)) {
    leave()
    void start()
  }
}

globalThis.addEventListener?.('storage', ({ key }) => {
  if (key === ACCOUNTS || key === null) listChanged()
})

function currentOfTab(): string | null {
  try {
    return sessionStorage.getItem(CURRENT)
  } catch {
    return null
  }
}

function rememberCurrent(account: string): void {
  store(CURRENT, account)
  try {
    sessionStorage.setItem(CURRENT, account)
  } catch {
    // Storage is denied: the next reload shows the first account.
  }
}
