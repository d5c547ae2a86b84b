/** What a chat knows, as plain data: for the cache, and for another tab that joins. */

import type { Message, Preferences, Profile, SessionOpened, Subscription } from '../wire/contract'

export interface Kept {
  /** As if the session had been opened just now; `position` and `hash` are the cursor's. */
  readonly opened: SessionOpened
  /** By room: up to where its unread counts go, which may be beyond the cursor. */
  readonly counted: Readonly<Record<string, number>>
  readonly preferences: Preferences | null
  readonly subscriptions: readonly Subscription[]
  readonly blocked: readonly string[]
  readonly profiles: readonly Profile[]
}

/** The newest messages of a room, as of the room's event `head`. */
export interface KeptTimeline {
  readonly room: string
  readonly head: number
  readonly messages: readonly Message[]
  readonly moreBefore: boolean
}
