/** The room that was looked at last, opened again with the next visit. On a phone the list comes first. */

import type { Chat } from '../data/chat'
import { go, roomLink } from './route'
import { store, stored } from './storage'

const key = (account: string) => `chatd.room.${account}`

/** `account` is empty until it is known whose session this is; then it is said again. */
export function rememberRoom(account: string, room: string): void {
  if (account !== '') store(key(account), room)
}

/** Goes to the last room, or to the first with something unread, if there is one. */
export function openLastRoom(chat: Chat): void {
  const rooms = chat.store.rooms
  const last = stored<string>(key(chat.me))
  const all = rooms.ids.peek().map((id) => rooms.get(id)!)
  const room =
    all.find(({ id }) => id === last) ??
    all.find(({ unread, archived }) => unread > 0 && !archived) ??
    all.find(({ archived }) => !archived)
  if (room !== undefined) go(roomLink(room.id), true)
}
