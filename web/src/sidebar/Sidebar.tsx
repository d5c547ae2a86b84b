/** Spaces and their rooms, favourites, direct rooms, and oneself. */

import { useComputed } from '@preact/signals'
import { useChat } from '../shell/chat_context'
import { openDialog } from '../shell/dialog'
import { IconButton } from '../ui/IconButton'
import { arrange, NO_ORDER, placesOf } from './arrange'
import { NewDirect } from './dialogs'
import { newestIn } from './newest'
import { RoomList } from './RoomList'
import { SidebarFoot } from './SidebarFoot'
import { SidebarHead } from './SidebarHead'
import { SpaceSection } from './SpaceSection'
import { StartHere } from './StartHere'
import { t } from './words'
import './sidebar.css'

export function Sidebar() {
  const chat = useChat()
  const { store } = chat
  const newest = newestIn(chat)
  // What is read and counted changes all the time, and no room's place.
  const places = useComputed(() => {
    void newest.version.value
    return placesOf(store.rooms.all(), (room) => newest.get(room.id))
  })
  const arranged = useComputed(() => {
    void places.value
    return arrange(
      store.rooms.list(),
      store.spaces.all(),
      store.preferences.value ?? NO_ORDER,
      (room) => newest.get(room.id) ?? room.created_at,
    )
  })
  const { favourites, spaces, direct } = arranged.value
  return (
    <nav class="sidebar" aria-label={t('rooms')}>
      <SidebarHead />
      <div class="sidebar-scroll">
        {favourites.length > 0 && (
          <section>
            <h2 class="sidebar-title">{t('favourites')}</h2>
            <RoomList rooms={favourites} list="favourites" />
          </section>
        )}
        {spaces.map(({ space, rooms }) => (
          <SpaceSection key={space.id} space={space} rooms={rooms} />
        ))}
        {spaces.length === 0 && chat.live.value && <StartHere />}
        <section>
          <div class="sidebar-bar">
            <h2 class="sidebar-title">{t('direct')}</h2>
            <IconButton icon="add" label={t('new_direct')} onClick={() => openDialog(<NewDirect />)} />
          </div>
          <RoomList rooms={direct} list={null} />
        </section>
      </div>
      <SidebarFoot />
    </nav>
  )
}
