import { useChat } from '../shell/chat_context'
import { openDialog } from '../shell/dialog'
import { leaveRoom } from '../shell/route'
import { confirmed } from '../ui/confirm'
import { Menu, type MenuItem } from '../ui/Menu'
import { tried } from '../ui/toasts'
import type { OwnRoom } from '../wire/contract'
import { RoomSettings } from './dialogs'
import { t } from './menu_words'
import { isMuted } from './RoomLink'
import { roomName } from './room_name'

const FOREVER_S = 10 * 365 * 24 * 3600
const EIGHT_HOURS_S = 8 * 3600

/** What one does with a room from the list. */
export function RoomMenu({
  room,
  anchor,
  onClose,
  more = [],
}: {
  room: OwnRoom
  anchor: HTMLElement
  onClose(): void
  /** What else one may do where the menu is opened; it stands first. */
  more?: readonly MenuItem[]
}) {
  const chat = useChat()
  const favourites = chat.store.preferences.value?.favourites ?? []
  const starred = favourites.includes(room.id)
  const subscription = chat.store.subscriptions.row(room.id).value
  const level = subscription?.level ?? (room.kind === 'direct' ? 'all' : 'mentions')
  const ask = (work: () => Promise<unknown>) => void tried(work)
  const setLevel = (to: 'all' | 'mentions' | 'none'): MenuItem => ({
    label: t(`level_${to}`),
    chosen: level === to,
    onPick: () => ask(() => chat.ask('subscription.update', { room: room.id, level: to })),
  })
  const muted = isMuted(subscription) && level !== 'none'
  const mute = (seconds: number) =>
    ask(() => chat.ask('subscription.update', { room: room.id, mute_for: seconds }))
  const items: MenuItem[] = [
    ...more,
    {
      label: starred ? t('unstar') : t('star'),
      icon: 'star',
      onPick: () =>
        ask(() =>
          chat.ask('preferences.update', {
            favourites: starred ? favourites.filter((id) => id !== room.id) : [...favourites, room.id],
          }),
        ),
    },
    {
      label: t('mark_read'),
      icon: 'check',
      disabled: room.unread === 0,
      onPick: () => ask(() => chat.markRead(room.id, room.head)),
    },
    ...(room.kind === 'direct'
      ? []
      : [
          {
            label: t('settings'),
            icon: 'settings',
            onPick: () => openDialog(<RoomSettings room={room.id} />),
          } satisfies MenuItem,
        ]),
    setLevel('all'),
    setLevel('mentions'),
    setLevel('none'),
    muted
      ? { label: t('unmute'), icon: 'bell', onPick: () => mute(0) }
      : { label: t('mute_hours'), icon: 'time', onPick: () => mute(EIGHT_HOURS_S) },
    ...(muted ? [] : [{ label: t('mute'), icon: 'bell', onPick: () => mute(FOREVER_S) } satisfies MenuItem]),
    {
      label: t('leave'),
      icon: 'close',
      danger: true,
      onPick: () =>
        ask(async () => {
          const name = roomName(chat, room)
          const text = t(room.private ? 'sure_leave_private' : 'sure_leave', { name })
          const sure = await confirmed({ title: t('leave'), text, act: t('leave'), danger: true })
          if (!sure) return
          await chat.ask(room.kind === 'direct' ? 'direct.leave' : 'room.leave', { room: room.id })
          leaveRoom(room.id)
        }),
    },
  ]
  return <Menu label={roomName(chat, room)} items={items} anchor={anchor} onClose={onClose} />
}
