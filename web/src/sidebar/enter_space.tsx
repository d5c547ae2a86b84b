/** What a newcomer to a space is shown: its only room, or the rooms to choose from. */

import type { Chat } from '../data/chat'
import { openDialog } from '../shell/dialog'
import { fromHere, roomLink } from '../shell/route'
import type { OwnSpace } from '../wire/contract'
import { BrowseRooms } from './dialogs'

export async function enterSpace(chat: Chat, space: OwnSpace): Promise<void> {
  const goOn = fromHere()
  const room = await onlyRoom(chat, space.id).catch(() => null) // there is a choice still
  if (room !== null) goOn(roomLink(room), true)
  else openDialog(<BrowseRooms space={space} />)
}

/** The one room that somebody new can be in, which they are in then; null where there are more, or none. */
export async function onlyRoom(chat: Pick<Chat, 'ask'>, space: string): Promise<string | null> {
  const { rooms, next } = await chat.ask('room.list', { space })
  const open = rooms.filter(({ archived }) => !archived)
  const [only] = open
  if (only === undefined || open.length > 1 || next !== null) return null
  await chat.ask('room.join', { room: only.id })
  return only.id
}
