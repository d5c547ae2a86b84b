/** What the account may do in a room beyond its role: overrides, mutes and locks count. Asked once for all who show it. */

import { type ReadonlySignal, type Signal, signal } from '@preact/signals-core'
import type { ShowingRight } from '../wire/contract'
import type { Chat } from './chat'
import { splitStream } from './store'

export type RoomRights = Readonly<Partial<Record<ShowingRight, boolean>>>

const known = new WeakMap<Chat, Map<string, Signal<RoomRights | null>>>()
/** What may change them. */
const DECIDES = /override|mute|lock|archive|role_set/

/** To be watched; null until the server has answered. */
export function rightsIn(chat: Chat, room: string): ReadonlySignal<RoomRights | null> {
  const rooms = roomsOf(chat)
  let rights = rooms.get(room)
  if (rights === undefined) {
    rights = signal<RoomRights | null>(null)
    rooms.set(room, rights)
    void load(chat, room, rights)
  }
  return rights
}

/** They may have changed without an event: a mute has run out. */
export function askAgain(chat: Chat, room: string): void {
  const rights = roomsOf(chat).get(room)
  if (rights !== undefined) void load(chat, room, rights)
}

function roomsOf(chat: Chat): Map<string, Signal<RoomRights | null>> {
  let rooms = known.get(chat)
  if (rooms === undefined) {
    const fresh = new Map<string, Signal<RoomRights | null>>()
    known.set(chat, fresh)
    chat.listen((frame) => {
      if (!('event' in frame) || !DECIDES.test(frame.event)) return
      const [kind, id] = splitStream(frame.stream)
      for (const [room, rights] of fresh)
        if (kind === 'room' ? room === id : chat.store.rooms.get(room)?.space === id)
          void load(chat, room, rights)
    })
    chat.status.subscribe((status) => {
      if (status.state === 'open') for (const [room, rights] of fresh) void load(chat, room, rights)
    })
    rooms = fresh
  }
  return rooms
}

async function load(chat: Chat, room: string, rights: Signal<RoomRights | null>): Promise<void> {
  try {
    rights.value = (await chat.ask('room.get', { room })).room.rights ?? null
  } catch {
    // What was known stays; the server decides anyway, and the next session asks again.
  }
}
