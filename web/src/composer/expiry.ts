/**
 * After how long what is being written in a room or a thread is to go. It belongs to the draft, and is kept over
 * reloads as that is: nobody sends for good what was begun as passing.
 */

import { type Signal, signal } from '@preact/signals'
import type { Chat } from '../data/chat'
import { store, stored, unstore } from '../shell/storage'

const known = new WeakMap<Chat, Map<string, Signal<number | null>>>()

/** Seconds; null: it stays. `thread`: the `seq` of the message that began it, null for the room itself. */
export function expiryIn(chat: Chat, room: string, thread: number | null): Signal<number | null> {
  const places = known.get(chat) ?? new Map<string, Signal<number | null>>()
  known.set(chat, places)
  const key = `chatd.expiry.${chat.me}.${room}/${thread ?? ''}`
  let expiry = places.get(key)
  if (expiry === undefined) {
    expiry = signal(stored<number>(key))
    expiry.subscribe((seconds) => (seconds === null ? unstore(key) : store(key, seconds)))
    places.set(key, expiry)
  }
  return expiry
}
