/** What one was notified of, newest first. Opening one marks it read. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import { go, roomLink } from '../shell/route'
import { roomName } from '../sidebar/room_name'
import { shortly } from '../text/dates'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { tried } from '../ui/toasts'
import type { Notification } from '../wire/contract'
import { t } from './words'
import '../people/people.css'

const PAGE = 50

export function NotificationsPanel() {
  const chat = useChat()
  const list = useSignal<readonly Notification[]>([])
  const next = useSignal<string | null>(null)
  const unreadOnly = useSignal(false)
  const loaded = useSignal(false)
  const load = (after: string | null) =>
    void tried(async () => {
      const page = await chat.ask('notification.list', { after, limit: PAGE, unread: unreadOnly.value })
      list.value = after === null ? page.notifications : [...list.value, ...page.notifications]
      next.value = page.next
      loaded.value = true
    })
  useEffect(() => {
    load(null)
    return chat.listen((frame) => {
      const name = 'event' in frame ? frame.event : frame.signal
      if (name.startsWith('notification.') || name === 'read.marked') load(null)
    })
  }, [unreadOnly.value])
  const readAll = () => {
    const ids = list.value.filter(({ read }) => !read).map(({ id }) => id)
    if (ids.length > 0) void tried(() => chat.ask('notification.read', { ids }))
  }
  return (
    <div class="people-scroll">
      <div class="inbox-bar">
        <Button
          aria-pressed={unreadOnly.value}
          onClick={() => {
            unreadOnly.value = !unreadOnly.value
          }}
        >
          {unreadOnly.value ? t('all') : t('unread_only')}
        </Button>
        <Button kind="quiet" onClick={readAll}>
          {t('read_all')}
        </Button>
      </div>
      <ul class="inbox">
        {list.value.map((notification) => (
          <Row key={notification.id} notification={notification} />
        ))}
      </ul>
      {loaded.value && list.value.length === 0 && <p class="app-empty">{t('nothing')}</p>}
      {next.value !== null && <Button onClick={() => load(next.value)}>{t('more')}</Button>}
    </div>
  )
}

function Row({ notification }: { notification: Notification }) {
  const chat = useChat()
  const author = chat.people.profile(notification.from).value
  const room = chat.store.rooms.row(notification.room).value
  const open = () => {
    if (!notification.read) void tried(() => chat.ask('notification.read', { ids: [notification.id] }))
    go(roomLink(notification.room, notification.seq))
  }
  return (
    <li>
      <button type="button" class={notification.read ? 'inbox-row' : 'inbox-row inbox-unread'} onClick={open}>
        <Avatar profile={author} id={notification.from} size={32} />
        <span class="inbox-body">
          <span class="inbox-text">
            {t(`kind_${notification.kind}`, {
              name: author?.display_name ?? '…',
              room: room === undefined ? '…' : roomName(chat, room),
            })}
          </span>
          <span class="people-note">
            {shortly(notification.at)}
            {notification.reason && ` · ${notification.reason}`}
          </span>
        </span>
      </button>
    </li>
  )
}
