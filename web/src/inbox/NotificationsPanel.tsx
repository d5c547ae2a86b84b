/** What one was notified of, newest first. Opening one marks it read. */

import { useSignal } from '@preact/signals'
import { useChat } from '../shell/chat_context'
import { go, roomLink } from '../shell/route'
import { roomName } from '../sidebar/room_name'
import { shortly } from '../text/dates'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { tried } from '../ui/toasts'
import type { Notification } from '../wire/contract'
import { readAll } from './read_all'
import { t } from './words'
import '../people/people.css'

const PAGE = 50

export function NotificationsPanel() {
  const chat = useChat()
  const unreadOnly = useSignal(false)
  const pages = usePages(
    async (after) => {
      const page = await chat.ask('notification.list', { after, limit: PAGE, unread: unreadOnly.value })
      return { items: page.notifications, next: page.next }
    },
    [unreadOnly.value],
    { concerns: (name) => name.startsWith('notification.') || name === 'read.marked' },
  )
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
        <Button kind="quiet" onClick={() => tried(() => readAll(chat))}>
          {t('read_all')}
        </Button>
      </div>
      <ul class="inbox">
        {pages.items.value.map((notification) => (
          <Row key={notification.id} notification={notification} />
        ))}
      </ul>
      <PageEnd pages={pages} empty={t('nothing')} />
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
