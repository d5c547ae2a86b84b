/** For how long messages are kept in a room, and whether a legal hold stands: the room's own rule, or its space's. */

import { useChat } from '../shell/chat_context'
import { t } from './panel_words'

export function RetentionLine({ room: id }: { room: string }) {
  const chat = useChat()
  const room = chat.store.rooms.row(id).value
  const space = room?.space == null ? undefined : chat.store.spaces.row(room.space).value
  if (room === undefined) return null
  const days = room.keep_days ?? space?.keep_days ?? 0
  const held = room.hold || (space?.hold ?? false)
  if (days === 0 && !held) return null
  return <p class="people-note">{held ? t('held') : t('kept', { count: days })}</p>
}
