/** What may be done with the messages of a room: its rules, the account's role, and what the server says of the room. */

import type { Chat } from '../data/chat'
import { holds } from '../data/rights'
import { type RoomRights, rightsIn } from '../data/room_rights'
import type { Message, OwnRoom } from '../wire/contract'

export interface May {
  readonly write: boolean
  readonly react: boolean
  readonly pin: boolean
  readonly edit: boolean
  readonly remove: boolean
  readonly seeVersions: boolean
  /** What only members of the room do: bookmarks, marking unread, following. */
  readonly keep: boolean
}

export interface Standing {
  readonly me: string
  readonly member: boolean
  /** In the space; null in a direct room. */
  readonly role: OwnRoom['role'] | null
  /** Null until the server has said; what it then refuses it says why. */
  readonly rights: RoomRights | null
}

/** Pure. */
export function mayDo(room: Pick<OwnRoom, 'kind' | 'archived'>, message: Message, standing: Standing): May {
  const { me, member, role, rights } = standing
  const mine = message.by === me
  const open = member && !room.archived
  const write = open && rights?.[room.kind === 'announcement' ? 'message.announce' : 'message.post'] !== false
  return {
    write,
    react: open && rights?.['reaction.add'] !== false,
    pin: open && rights?.['pin.set'] !== false,
    edit: mine && write,
    // Needs neither membership nor an open room. Nobody moderates a direct room.
    remove: mine || holds(role, 'message.delete_any'),
    seeVersions: message.edited_at !== null && (mine || holds(role, 'message.see_edits')),
    keep: member,
  }
}

/** To be watched where it is drawn. */
export function mayHere(chat: Chat, room: OwnRoom, message: Message): May {
  return mayDo(room, message, {
    me: chat.me,
    member: chat.store.rooms.row(room.id).value !== undefined,
    role: room.space === null ? null : (chat.store.spaces.row(room.space).value?.role ?? null),
    rights: rightsIn(chat, room.id).value,
  })
}

export function isOpen(chat: Chat, room: OwnRoom): boolean {
  return !room.archived && chat.store.rooms.row(room.id).value !== undefined
}
