/** A room that one is not in, or that is not listed: it can be read, and joined. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Chat } from '../data/chat'
import { Lost } from '../data/refusal'
import { useChat } from '../shell/chat_context'
import { roomName } from '../sidebar/room_name'
import { Button } from '../ui/Button'
import { tried } from '../ui/toasts'
import { t as ui } from '../ui/words'
import type { OwnRoom } from '../wire/contract'
import { t } from './dialog_words'
import { RoomHead } from './RoomHead'
import { TimelineView } from './TimelineView'

export function RoomPreview({ room: id, seq }: { room: string; seq: number | null }) {
  const chat = useChat()
  const room = useSignal<OwnRoom | null>(null)
  const refused = useSignal<Error | null>(null)
  const status = chat.status.value.state
  const timeline = chat.timeline(id)
  useEffect(() => {
    if (status !== 'open') return
    chat.ask('room.get', { room: id }).then(
      ({ room: found }) => {
        // A direct room is listed once somebody has written in it; whoever opened it is in it before.
        if (found.kind === 'direct' && found.member) void chat.showRoom(id)
        else room.value = { read: 0, unread: 0, mentions: 0, first_unread: null, role: null, ...found }
      },
      (error) => {
        if (!(error instanceof Lost)) refused.value = error
      },
    )
    // No events come from a room that one is not in: what was loaded before is asked for anew.
    timeline.outdate()
    return () => timeline.outdate()
  }, [id, status])
  if (refused.value !== null)
    return (
      <div class="room-nothing">
        <p>{t('not_there')}</p>
        <a href="#/">{t('home')}</a>
      </div>
    )
  if (room.value === null) return <p class="app-empty">{ui('loading')}</p>
  const shown = room.value
  return (
    <section class="room" aria-label={roomName(chat, shown)}>
      <RoomHead room={shown} preview />
      <TimelineView room={shown} timeline={timeline} seq={seq} preview />
      <div class="room-foot">
        <div class="room-question" role="group">
          <p dir="auto">{t('preview', { name: shown.name })}</p>
          {!shown.archived && (
            <Button kind="primary" onClick={() => tried(() => joined(chat, shown))}>
              {t('join')}
            </Button>
          )}
        </div>
      </div>
    </section>
  )
}

async function joined(chat: Chat, { id, kind, accounts }: OwnRoom): Promise<void> {
  if (kind !== 'direct') await chat.ask('room.join', { room: id })
  else {
    await chat.ask('direct.open', { accounts: (accounts ?? []).filter((account) => account !== chat.me) })
    await chat.showRoom(id)
  }
}
