/** What stands in a timeline: messages, the days between them, and the line above what is unread. Pure. */

import { dayStart } from '../text/dates'
import type { Message } from '../wire/contract'

export type Row =
  | { readonly kind: 'day'; readonly at: number }
  | { readonly kind: 'unread' }
  | { readonly kind: 'message'; readonly message: Message; readonly grouped: boolean }

/** Messages of one author within this time stand together, under one head. */
const TOGETHER_MS = 5 * 60_000

/** `read`: the marker above which the line stands; null for no line. Nobody's own messages are unread. */
export function rowsOf(messages: readonly Message[], read: number | null, me: string): Row[] {
  const rows: Row[] = []
  let before: Message | null = null
  let lined = read === null
  for (const message of messages) {
    const newDay: boolean = before === null || dayStart(before.at) !== dayStart(message.at)
    if (newDay) rows.push({ kind: 'day', at: message.at })
    const first: boolean = !lined && message.seq > (read as number) && message.by !== me && !message.deleted
    if (first) {
      rows.push({ kind: 'unread' })
      lined = true
    }
    rows.push({ kind: 'message', message, grouped: !newDay && !first && follows(before, message) })
    before = message
  }
  return rows
}

type Facts = Pick<Message, 'by' | 'at' | 'reply_to' | 'pinned' | 'expires_at' | 'deleted'>

/** Whether a message stands under the head of the one before it. */
export function follows(before: Facts | null, message: Facts): boolean {
  return (
    before !== null &&
    before.by === message.by &&
    message.at - before.at < TOGETHER_MS &&
    message.reply_to === null &&
    !before.deleted &&
    !message.pinned &&
    message.expires_at === null
  )
}
