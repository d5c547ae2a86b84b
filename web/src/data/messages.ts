/** What events do to messages. Pure: old message and event in, new message out. */

import type { Events, Message } from '../wire/contract'
import type { EventFrame } from './connection'

/** The message that a `message.posted` tells of, as a history would show it. */
export function posted(event: EventFrame): Message {
  const data = event.data as Events['message.posted']
  return {
    seq: event.seq,
    position: event.position,
    at: event.at,
    by: event.by,
    text: data.text ?? '',
    nonce: data.nonce ?? null,
    reply_to: data.reply_to ?? null,
    attachments: data.attachments ?? [],
    files: data.files ?? [],
    mentions: data.mentions ?? [],
    reactions: [],
    edited_at: null,
    expires_at: data.expires_at ?? null,
    deleted: false,
    pinned: false,
    thread: null,
  }
}

/** `null` where the event is not about this message. */
export function changed(message: Message, event: EventFrame): Message | null {
  const data = event.data as { seq?: number }
  if (data.seq !== message.seq) return null
  switch (event.event) {
    case 'message.edited': {
      const { text, mentions } = event.data as Events['message.edited']
      return { ...message, text: text ?? '', mentions: mentions ?? [], edited_at: event.at }
    }
    case 'message.deleted':
      return { ...message, ...GONE }
    case 'reaction.added':
      return { ...message, reactions: reacted(message, event) }
    case 'reaction.removed':
      return { ...message, reactions: unreacted(message, event) }
    case 'pin.added':
      return { ...message, pinned: true }
    case 'pin.removed':
      return { ...message, pinned: false }
    default:
      return null
  }
}

/** Summaries that events have made, and no page of history. */
const counted = new WeakSet<object>()

/** One more reply in the thread that `message` began. */
export function replied(message: Message, at: number): Message {
  const thread = { replies: (message.thread?.replies ?? 0) + 1, last_at: at }
  counted.add(thread)
  return { ...message, thread }
}

/**
 * Whether the summary has the reply of that time already, because the page that brought it was read later. What events
 * have made has not: each comes once, and several may be of the same millisecond.
 */
export function countsReply({ thread }: Message, at: number): boolean {
  return thread !== null && !counted.has(thread) && thread.last_at >= at
}

/** One reply less: deleted replies do not count. */
export function unreplied(message: Message): Message {
  const replies = (message.thread?.replies ?? 0) - 1
  if (replies <= 0) return { ...message, thread: null }
  const thread = { ...message.thread!, replies }
  if (counted.has(message.thread!)) counted.add(thread)
  return { ...message, thread }
}

const GONE = {
  text: null,
  deleted: true,
  attachments: [],
  files: [],
  mentions: [],
  reactions: [],
  pinned: false,
} as const

function reacted(message: Message, { by, data }: EventFrame): Message['reactions'] {
  const emoji = data.emoji as string
  if (!message.reactions.some((one) => one.emoji === emoji))
    return [...message.reactions, { emoji, count: 1, accounts: [by] }]
  return message.reactions.map((one) =>
    one.emoji !== emoji || one.accounts.includes(by)
      ? one
      : { ...one, count: one.count + 1, accounts: [...one.accounts, by] },
  )
}

function unreacted(message: Message, { by, data }: EventFrame): Message['reactions'] {
  return message.reactions
    .map((one) =>
      one.emoji === data.emoji
        ? { ...one, count: one.count - 1, accounts: one.accounts.filter((account) => account !== by) }
        : one,
    )
    .filter((one) => one.count > 0)
}
