/** Which threads the account follows, as far as it is known: pages of a thread say it, and events change it. */

import { type Signal, signal } from '@preact/signals-core'
import type { Chat } from '../data/chat'
import type { Message } from '../wire/contract'

type Said = Signal<ReadonlyMap<string, boolean>>
const known = new WeakMap<Chat, Said>()

/** Before the first reply nobody follows what is no thread yet; whoever began it will. */
export function noteFollowing(chat: Chat, room: string, root: Message, following: boolean): void {
  if (root.thread !== null) note(saidTo(chat), `${room}/${root.seq}`, following)
}

/** To be watched. */
export function isFollowed(chat: Chat, room: string, root: Message): boolean {
  return saidTo(chat).value.get(`${room}/${root.seq}`) ?? root.by === chat.me
}

function note(said: Said, thread: string, following: boolean): void {
  if (said.peek().get(thread) !== following) said.value = new Map(said.peek()).set(thread, following)
}

function saidTo(chat: Chat): Said {
  let said = known.get(chat)
  if (said === undefined) {
    const fresh = signal<ReadonlyMap<string, boolean>>(new Map())
    known.set(chat, fresh)
    chat.listen((frame) => {
      if ('event' in frame && (frame.event === 'thread.followed' || frame.event === 'thread.unfollowed'))
        note(fresh, `${frame.data.room}/${frame.data.seq}`, frame.event === 'thread.followed')
    })
    said = fresh
  }
  return said
}
