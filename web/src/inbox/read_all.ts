import type { Chat } from '../data/chat'
import type { NotificationPage } from '../wire/contract'

const PAGE = 500

/** Marks all notifications read, also those that no page on the screen has. */
export async function readAll(chat: Chat, limit = PAGE): Promise<void> {
  let after: string | null = null
  do {
    const page: NotificationPage = await chat.ask('notification.list', { unread: true, after, limit })
    const ids = page.notifications.map(({ id }) => id)
    if (ids.length > 0) await chat.ask('notification.read', { ids })
    after = page.next
  } while (after !== null)
}
