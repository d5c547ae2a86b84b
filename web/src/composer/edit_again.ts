/** A message that did not get there is written anew: it goes back into the field from which it came. */

import type { Chat } from '../data/chat'
import type { Drafts } from '../data/drafts'
import type { OutboxEntry } from '../data/outbox'
import { Refused } from '../data/refusal'
import { trayOf } from '../data/uploads'
import { compose } from '../message/editing'
import type { Message } from '../wire/contract'
import { expiryIn } from './expiry'
import { written } from './slash'

/** `thread`: the messages of the thread in whose panel it stands, its first one first; null: it stands in the room. */
export async function editAgain(
  chat: Chat,
  drafts: Drafts,
  { nonce, room, text, reply_to, expires_in }: OutboxEntry,
  thread: readonly Message[] | null,
): Promise<void> {
  const root = thread?.[0]?.seq ?? null
  const loaded = thread ?? chat.timeline(room).messages.peek()
  const answered =
    reply_to === null || reply_to === root
      ? null
      : (loaded.find(({ seq }) => seq === reply_to) ?? (await fetched(chat, room, reply_to)))
  if (
    !chat.outbox
      .of(room)
      .peek()
      .some((one) => one.nonce === nonce)
  )
    return // pressed twice, or sent meanwhile
  const begun = drafts.of(room, root).peek()
  // What is being written is not lost over it.
  const again = root === null ? written(text) : text
  drafts.write(room, root, [again, begun].filter((one) => one !== '').join('\n'))
  const expiry = expiryIn(chat, room, root)
  if (expires_in !== null) expiry.value = Math.min(expires_in, expiry.peek() ?? expires_in)
  chat.uploads.move(nonce, trayOf(room, root))
  chat.outbox.discard(nonce)
  if (answered !== null) compose(room, root, { kind: 'reply', message: answered })
}

/** Null where it is there no more. */
async function fetched(chat: Chat, room: string, seq: number): Promise<Message | null> {
  try {
    return (await chat.ask('message.get', { room, seq })).message
  } catch (error) {
    if (error instanceof Refused) return null
    throw error
  }
}
