/** The acts on a room as a whole: lock, archive, delete. Each button is there for whoever has the right. */

import { holds } from '../data/rights'
import { useChat } from '../shell/chat_context'
import { leaveRoom } from '../shell/route'
import { Button } from '../ui/Button'
import { confirmed } from '../ui/confirm'
import { tried } from '../ui/toasts'
import type { RoomDetail } from '../wire/contract'
import { roleInRoom } from './role_in_room'
import { t } from './words'

export function RoomActs({ room, onChanged }: { room: RoomDetail; onChanged(): void }) {
  const chat = useChat()
  const role = roleInRoom(chat, room)
  const act = async (work: () => Promise<unknown>) => {
    if (await tried(work)) onChanged()
  }
  const lock = async () => {
    const answer = await confirmed({
      title: room.locked ? t('unlock_room') : t('lock_room'),
      text: room.locked ? t('unlock_room_text') : t('lock_room_text'),
      act: room.locked ? t('unlock') : t('lock'),
      reason: true,
    })
    if (answer)
      await act(() => chat.ask(room.locked ? 'room.unlock' : 'room.lock', { room: room.id, ...answer }))
  }
  const archive = async () => {
    const answer = await confirmed({
      title: room.archived ? t('unarchive') : t('archive'),
      text: room.archived ? t('unarchive_text') : t('archive_text'),
      act: room.archived ? t('unarchive') : t('archive'),
    })
    if (answer)
      await act(() => chat.ask(room.archived ? 'room.unarchive' : 'room.archive', { room: room.id }))
  }
  const remove = async () => {
    const answer = await confirmed({
      title: t('delete_room'),
      text: t('delete_room_text', { name: room.name }),
      act: t('delete'),
      danger: true,
      reason: true,
      typed: room.name,
    })
    if (answer && (await tried(() => chat.ask('room.delete', { room: room.id, ...answer }))))
      leaveRoom(room.id)
  }
  return (
    <div class="form-acts manage-acts">
      {holds(role, 'room.lock') && (
        <Button onClick={lock}>{room.locked ? t('unlock_room') : t('lock_room')}</Button>
      )}
      {holds(role, 'room.archive') && (
        <Button onClick={archive}>{room.archived ? t('unarchive') : t('archive')}</Button>
      )}
      {holds(role, 'room.delete') && (
        <Button kind="danger" onClick={remove}>
          {t('delete_room')}
        </Button>
      )}
    </div>
  )
}
