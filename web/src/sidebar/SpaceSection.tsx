import { useSignal } from '@preact/signals'
import { useChat } from '../shell/chat_context'
import { openDialog } from '../shell/dialog'
import { Icon } from '../ui/Icon'
import { IconButton } from '../ui/IconButton'
import type { OwnRoom, OwnSpace } from '../wire/contract'
import { BrowseRooms, SpaceMenu } from './dialogs'
import { folded, toggleFolded } from './folded'
import { RoomList } from './RoomList'
import { t } from './words'

/** One space: its name, which folds it, its menu, and its rooms. A folded space still shows what is unread. */
export function SpaceSection({ space, rooms }: { space: OwnSpace; rooms: readonly OwnRoom[] }) {
  const chat = useChat()
  const anchor = useSignal<HTMLElement | null>(null)
  const isFolded = folded.value.has(space.id)
  const unread = (id: string) => (chat.store.rooms.row(id).value?.unread ?? 0) > 0
  const shown = isFolded ? rooms.filter(({ id }) => unread(id)) : rooms
  return (
    <section aria-label={space.name}>
      <div class="sidebar-bar">
        <h2 class="sidebar-title">
          <button
            type="button"
            class="sidebar-fold"
            aria-expanded={!isFolded}
            onClick={() => toggleFolded(space.id)}
          >
            <Icon name={isFolded ? 'forward' : 'down'} size={14} />
            <bdi>{space.name}</bdi>
          </button>
        </h2>
        <IconButton
          icon="more"
          label={t('space_menu', { name: space.name })}
          aria-haspopup="menu"
          aria-expanded={anchor.value !== null}
          onClick={(event) => {
            anchor.value = anchor.value === null ? event.currentTarget : null
          }}
        />
      </div>
      {anchor.value !== null && (
        <SpaceMenu
          space={space}
          anchor={anchor.value}
          onClose={() => {
            anchor.value = null
          }}
        />
      )}
      <RoomList rooms={shown} list="room_order" />
      {rooms.length === 0 && (
        <button type="button" class="sidebar-hint" onClick={() => openDialog(<BrowseRooms space={space} />)}>
          {t('no_rooms')}
        </button>
      )}
    </section>
  )
}
