import { useChat } from '../shell/chat_context'
import { openDialog } from '../shell/dialog'
import { go, screenLink } from '../shell/route'
import { confirmed } from '../ui/confirm'
import { Menu, type MenuItem } from '../ui/Menu'
import { tried } from '../ui/toasts'
import type { OwnSpace } from '../wire/contract'
import { sorted, stepped } from './arrange'
import { BrowseRooms, NewRoom } from './dialogs'
import { t } from './menu_words'
import { t as shared } from './words'

interface SpaceMenuProps {
  space: OwnSpace
  anchor: HTMLElement
  onClose(): void
}

/** What one does with a space from the list. */
export function SpaceMenu({ space, anchor, onClose }: SpaceMenuProps) {
  const chat = useChat()
  const shown = sorted(chat.store.spaces.all(), chat.store.preferences.value?.space_order ?? [])
  const ids = shown.map(({ id }) => id)
  const move = (by: -1 | 1) => {
    const space_order = stepped(ids, space.id, by)
    return {
      disabled: space_order === null,
      onPick: () => void tried(() => chat.ask('preferences.update', { space_order: space_order ?? ids })),
    }
  }
  const unread = chat.store.rooms.all().filter((room) => room.space === space.id && room.unread > 0)
  const items: MenuItem[] = [
    {
      label: t('mark_all_read'),
      icon: 'check',
      disabled: unread.length === 0,
      onPick: () => void tried(() => Promise.all(unread.map((room) => chat.markRead(room.id, room.head)))),
    },
    { label: shared('browse'), icon: 'search', onPick: () => openDialog(<BrowseRooms space={space} />) },
    {
      label: shared('new_room'),
      icon: 'add',
      disabled: space.role === 'guest',
      onPick: () => openDialog(<NewRoom space={space} />),
    },
    { label: t('manage'), icon: 'settings', onPick: () => go(screenLink('space', space.id)) },
    { label: t('move_up'), icon: 'up', ...move(-1) },
    { label: t('move_down'), icon: 'down', ...move(1) },
    {
      label: t('leave_space'),
      icon: 'close',
      danger: true,
      onPick: () =>
        void tried(async () => {
          const text = t('sure_leave_space', { name: space.name })
          const act = t('leave_space')
          if (await confirmed({ title: act, text, act, danger: true }))
            await chat.ask('space.leave', { space: space.id })
        }),
    },
  ]
  return <Menu label={space.name} items={items} anchor={anchor} onClose={onClose} />
}
