import type { Chat } from '../data/chat'
import type { OwnRoom } from '../wire/contract'
import { t } from './words'

/** What a room is called: a direct room by its other people. */
export function roomName(chat: Chat, room: OwnRoom): string {
  if (room.kind !== 'direct') return room.name
  const others = (room.accounts ?? []).filter((account) => account !== chat.me)
  if (others.length === 0) return t('notes')
  return others.map((account) => chat.people.profile(account).value?.display_name ?? '…').join(', ')
}
