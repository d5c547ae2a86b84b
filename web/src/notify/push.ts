/** Web push: this browser hears of what happens while no page of it is open. */

import type { Chat } from '../data/chat'
import { store, stored, unstore } from '../shell/storage'
import { registration } from '../shell/update'
import { permission } from './choices'

/** A browser that cannot reach its push service does not say so. */
const DEADLINE_MS = 15_000
const key = (account: string) => `chatd.push.${account}`

export class NoPush extends Error {}

/** Whether this browser can be pushed to at all. */
export const canPush = (): boolean => 'serviceWorker' in navigator && 'PushManager' in globalThis

export const wantsPush = (account: string): boolean => stored<boolean>(key(account)) ?? false

export async function isPushed(): Promise<boolean> {
  if (!canPush()) return false
  const worker = await registration()
  const subscription = await soon(worker?.pushManager?.getSubscription() ?? Promise.resolve(null)).catch(
    () => null,
  )
  return subscription !== null
}

/** Subscribes, or again at each start: what has not changed costs nothing. Rejects with `NoPush` or `Refused`. */
export async function subscribe(chat: Chat): Promise<void> {
  const worker = canPush() ? await registration() : null
  if (worker === null) throw new NoPush('no worker')
  const { key: server } = await chat.ask('push.key', {})
  const wanted = bytesOf(server)
  let subscription = await soon(worker.pushManager.getSubscription())
  if (subscription !== null && !same(subscription.options.applicationServerKey, wanted)) {
    await soon(subscription.unsubscribe())
    subscription = null
  }
  subscription ??= await soon(
    worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted }),
  )
  const { endpoint, keys } = subscription.toJSON()
  const { p256dh, auth } = keys ?? {}
  if (endpoint === undefined || p256dh === undefined || auth === undefined) throw new NoPush('no keys')
  await chat.ask('push.subscribe', { endpoint, keys: { p256dh, auth } })
  store(key(chat.me), true)
}

export async function unsubscribe(chat: Chat): Promise<void> {
  unstore(key(chat.me))
  await dropSubscription()
  await chat.ask('push.unsubscribe', {})
}

/** Ends what the browser has, whether the server can be told or not. */
export async function dropSubscription(): Promise<void> {
  const worker = canPush() ? await registration() : null
  const subscription = await soon(worker?.pushManager?.getSubscription() ?? Promise.resolve(null)).catch(
    () => null,
  )
  if (subscription !== null) await soon(subscription.unsubscribe()).catch(() => false)
}

/** At a start: the same again, where the person wanted it. */
export async function renew(chat: Chat): Promise<void> {
  if (!wantsPush(chat.me) || permission.peek() !== 'granted') return
  await subscribe(chat).catch(() => undefined) // the settings say what is wrong
}

function soon<T>(promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new NoPush('no answer')), DEADLINE_MS)
    promise
      .then(resolve, (error) => reject(new NoPush(String((error as Error).message))))
      .finally(() => clearTimeout(timer))
  })
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

function same(one: ArrayBuffer | null, other: Uint8Array): boolean {
  const bytes = new Uint8Array(one ?? new ArrayBuffer(0))
  return bytes.length === other.length && bytes.every((byte, at) => byte === other[at])
}
