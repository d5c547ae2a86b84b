/** Somebody who is not known yet has written: in the field's place stands whether one wants that. */

import { useChat } from '../shell/chat_context'
import { leaveRoom } from '../shell/route'
import { roomName } from '../sidebar/room_name'
import { Button } from '../ui/Button'
import { tried } from '../ui/toasts'
import type { OwnRoom } from '../wire/contract'
import { t } from './dialog_words'

export function DirectRequest({ room }: { room: OwnRoom }) {
  const chat = useChat()
  const others = (room.accounts ?? []).filter((account) => account !== chat.me)
  const decline = (block: boolean) =>
    void tried(async () => {
      await chat.ask('direct.decline', { room: room.id })
      if (block) for (const account of others) await chat.ask('block.add', { account })
      leaveRoom(room.id)
    })
  return (
    <div class="room-question" role="group">
      <p>
        <strong dir="auto">{t('request', { name: roomName(chat, room) })}</strong> {t('request_hint')}
      </p>
      <div class="room-answers">
        <Button kind="primary" onClick={() => tried(() => chat.ask('direct.accept', { room: room.id }))}>
          {t('accept')}
        </Button>
        <Button onClick={() => decline(false)}>{t('decline')}</Button>
        {others.length === 1 && (
          <Button kind="danger" onClick={() => decline(true)}>
            {t('block')}
          </Button>
        )}
      </div>
    </div>
  )
}
