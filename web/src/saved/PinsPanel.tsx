/** The messages that are pinned in a room. */

import { mayHere } from '../message/may'
import { useChat } from '../shell/chat_context'
import type { Panel } from '../shell/panel'
import { eventsOf } from '../ui/following'
import { IconButton } from '../ui/IconButton'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { tried } from '../ui/toasts'
import { SavedMessage } from './SavedMessage'
import { t } from './words'
import './saved.css'

export function PinsPanel({ panel: { room } }: { panel: Extract<Panel, { kind: 'pins' }> }) {
  const chat = useChat()
  const here = chat.store.rooms.row(room).value
  const pages = usePages(
    async (after) => {
      const { pins, next } = await chat.ask('pin.list', { room, after })
      return { items: pins, next }
    },
    [room],
    { concerns: eventsOf(`room/${room}`, 'pin.', 'message.deleted', 'message.edited') },
  )
  return (
    <div class="saved">
      {pages.items.value.map((pin) => (
        <SavedMessage key={pin.seq} room={room} message={pin.message}>
          {here !== undefined && mayHere(chat, here, pin.message).pin && (
            <IconButton
              icon="close"
              label={t('unpin')}
              onClick={() => tried(() => chat.ask('pin.remove', { room, seq: pin.seq }))}
            />
          )}
        </SavedMessage>
      ))}
      <PageEnd pages={pages} empty={t('no_pins')} />
    </div>
  )
}
