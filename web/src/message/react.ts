/** Reacting: shown at once, then asked of the server, one wish after the other. */

import { signal } from '@preact/signals'
import type { Chat } from '../data/chat'
import { qualified } from '../data/qualified'
import { given, type Wanted } from '../data/reacting'
import { used } from '../emoji/recent'
import { tried } from '../ui/toasts'
import type { Message } from '../wire/contract'

const NONE: Wanted = new Map()
/** By message: what was pressed and is on its way. */
const wishes = signal<ReadonlyMap<string, Wanted>>(new Map())
/** How long a wish stays that is granted, until its event is there too. */
const EVENT_MS = 3_000

/** To be watched. */
export function wanted(room: string, seq: number): Wanted {
  return wishes.value.get(`${room}/${seq}`) ?? NONE
}

/** Gives the reaction, or takes it back where one has given it. */
export function react(chat: Chat, room: string, message: Message, sign: string): void {
  const emoji = qualified(sign)
  const key = `${room}/${message.seq}`
  const wish = !(wishes.peek().get(key)?.get(emoji) ?? given(message.reactions, emoji, chat.me))
  if (wish) used(emoji)
  wishFor(key, emoji, wish)
  const ask = () =>
    chat.ask(wish ? 'reaction.add' : 'reaction.remove', { room, seq: message.seq, emoji }).then(
      () => setTimeout(() => settle(key, emoji, wish), EVENT_MS),
      (error) => {
        settle(key, emoji, wish)
        throw error
      },
    )
  void tried(ask)
}

function wishFor(key: string, emoji: string, wish: boolean | undefined): void {
  const ofMessage = new Map(wishes.peek().get(key))
  if (wish === undefined) ofMessage.delete(emoji)
  else ofMessage.set(emoji, wish)
  const next = new Map(wishes.peek())
  if (ofMessage.size === 0) next.delete(key)
  else next.set(key, ofMessage)
  wishes.value = next
}

/** Unless something else was wished since. */
function settle(key: string, emoji: string, wish: boolean): void {
  if (wishes.peek().get(key)?.get(emoji) === wish) wishFor(key, emoji, undefined)
}
