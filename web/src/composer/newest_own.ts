/** The message that is changed when one presses the upper arrow: the newest of one's own, wherever the reader is. */

import type { Chat } from '../data/chat'
import { rootOf } from '../data/timeline'
import type { Message } from '../wire/contract'

/** Of a thread so many replies are looked through, as many as its panel shows at first. */
const REPLIES = 100

/**
 * What is loaded is looked through first, if it reaches the newest message. `thread`: the `seq` of the message that
 * began it, null for the room itself. Null where there is none.
 */
export async function newestOwn(chat: Chat, room: string, thread: number | null): Promise<Message | null> {
  const { messages, moreAfter } = chat.timeline(room)
  const loaded = messages.peek()
  const isOwn = ({ by, deleted }: Message) => by === chat.me && !deleted
  const last = moreAfter.peek()
    ? undefined
    : loaded.findLast((one) => isOwn(one) && (thread === null || rootOf(loaded, one) === thread))
  if (last !== undefined) return last
  if (thread !== null) {
    const page = await chat.ask('thread.history', { room, seq: thread, limit: REPLIES })
    return [page.root, ...page.messages].findLast(isOwn) ?? null
  }
  const { hits } = await chat.ask('message.search', { room, by: chat.me, limit: 1 })
  const newest = hits[0]
  return newest === undefined ? null : (await chat.ask('message.get', { room, seq: newest.seq })).message
}
