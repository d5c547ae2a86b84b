/** All rooms of a space that one may see, to join or to open. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import { closeDialog, openDialog } from '../shell/dialog'
import { go, roomLink } from '../shell/route'
import { folded } from '../text/folded'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { FilterField } from '../ui/FilterField'
import { tried } from '../ui/toasts'
import type { ListedRoom, OwnSpace } from '../wire/contract'
import { t } from './dialog_words'
import { NewRoom } from './dialogs'
import { t as shared } from './words'
import './browse.css'

const byName = new Intl.Collator()

export function BrowseRooms({ space }: { space: OwnSpace }) {
  const chat = useChat()
  const rooms = useSignal<readonly ListedRoom[]>([])
  const loaded = useSignal(false)
  const wanted = useSignal('')
  useEffect(() => {
    void tried(async () => {
      let after: string | null = null
      do {
        const page: { rooms: readonly ListedRoom[]; next: string | null } = await chat.ask('room.list', {
          space: space.id,
          after,
        })
        rooms.value = [...rooms.value, ...page.rooms]
        after = page.next
      } while (after !== null)
      loaded.value = true
    })
  }, [])
  const open = (room: string) => {
    closeDialog()
    go(roomLink(room))
  }
  const join = async (room: string) => {
    if (await tried(() => chat.ask('room.join', { room }))) open(room)
  }
  const needle = folded(wanted.value)
  const found = rooms.value
    .filter(({ name, topic }) => folded(`${name} ${topic ?? ''}`).includes(needle))
    .sort((a, b) => byName.compare(a.name, b.name))
  return (
    <Dialog title={shared('browse')} onClose={closeDialog}>
      <FilterField label={t('filter')} typed={wanted} autofocus />
      <ul class="browse">
        {found.map((room) => {
          const joined = chat.store.rooms.row(room.id).value !== undefined
          return (
            <li key={room.id} class="browse-row">
              <div class="browse-about">
                <strong>
                  <bdi>{room.name}</bdi>
                </strong>
                {room.archived && <span class="browse-note"> {t('archived')}</span>}
                {room.topic && <p class="browse-note">{room.topic}</p>}
              </div>
              <Button onClick={() => open(room.id)}>{t('open')}</Button>
              {!joined && !room.archived && (
                <Button kind="primary" onClick={() => join(room.id)}>
                  {t('join')}
                </Button>
              )}
            </li>
          )
        })}
      </ul>
      {loaded.value && found.length === 0 && <p class="browse-note">{t('no_match')}</p>}
      {space.role !== 'guest' && (
        <Button onClick={() => openDialog(<NewRoom space={space} />)}>{shared('new_room')}</Button>
      )}
    </Dialog>
  )
}
