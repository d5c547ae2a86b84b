import type { Chat } from '../data/chat'
import type { RoomDetail } from '../wire/contract'

/** The role in the room's space; null in a direct room, which has no space. */
export function roleInRoom(chat: Chat, room: RoomDetail) {
  return room.space === null ? null : chat.store.spaces.row(room.space).value?.role
}
