/** The list of suggestions at the caret: what is in it, which is chosen, and its keys. */

import { useSignal } from '@preact/signals'
import type { Chat } from '../data/chat'
import { useChat } from '../shell/chat_context'
import type { OwnRoom } from '../wire/contract'
import { retype } from './retype'
import { roommates } from './roommates'
import { commands, emoji, people, rooms, type Suggestion } from './suggest'
import { closedName, type Token, tokenAt } from './token'

export function useSuggestions(
  room: OwnRoom,
  loud: boolean,
  onPick: (token: Token, one: Suggestion) => void,
  /** Told what the field says, once a name in it has become its emoji. */
  onNamed: (text: string) => void,
) {
  const chat = useChat()
  const found = useSignal<readonly Suggestion[]>([])
  const at = useSignal(0)
  const token = useSignal<Token | null>(null)
  const close = () => {
    token.value = null
    found.value = []
  }
  return {
    found,
    at,
    close,
    async look(field: HTMLTextAreaElement) {
      const one = field.selectionStart === field.selectionEnd
      const closed = one ? closedName(field.value, field.selectionStart) : null
      if (closed !== null) void drawn(chat, room, field, closed).then((done) => done && onNamed(field.value))
      const next = one ? tokenAt(field.value, field.selectionStart) : null
      token.value = next
      const list = next === null ? [] : await suggestions(chat, room, next, loud).catch(() => [])
      if (token.peek() !== next) return // typed on meanwhile
      found.value = list
      at.value = 0
    },
    pick(one: Suggestion) {
      const word = token.peek()
      close()
      if (word !== null) onPick(word, one)
    },
    /** True if the key was one of the list's. */
    key(event: KeyboardEvent): boolean {
      const list = found.peek()
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
      const chosen = list[at.peek()]
      if (chosen === undefined) return false
      if (step !== 0) at.value = (at.peek() + step + list.length) % list.length
      else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) this.pick(chosen)
      else if (event.key === 'Escape') close()
      else return false
      event.preventDefault()
      event.stopPropagation()
      return true
    },
  }
}

/** Puts the emoji in the place of its name, unless that is not there any more; whether it did. */
async function drawn(
  chat: Chat,
  room: OwnRoom,
  field: HTMLTextAreaElement,
  { typed, from, to }: Token,
): Promise<boolean> {
  const before = field.value.slice(0, to)
  const sign = await import('../emoji/find')
    .then(({ emojiNamed }) => emojiNamed(typed, chat.emoji.of(room.space).peek()))
    .catch(() => null) // without its list it stays a name
  if (sign === null || !field.value.startsWith(before)) return false
  // Where it keeps the caret by itself, a caret right behind the name would stand before the emoji.
  const caret = Math.max(field.selectionStart, to) - to + from + sign.length
  retype(field, field.value.slice(0, from) + sign + field.value.slice(to))
  field.setSelectionRange(caret, caret)
  return true
}

async function suggestions(
  chat: Chat,
  room: OwnRoom,
  token: Token,
  loud: boolean,
): Promise<readonly Suggestion[]> {
  switch (token.kind) {
    case 'person':
      return people(token.typed, await roommates(chat, room.id), loud)
    case 'room':
      return rooms(token.typed, chat, room)
    case 'command':
      return commands(token.typed)
    case 'emoji': {
      const { findEmoji } = await import('../emoji/find')
      return emoji(await findEmoji(token.typed, chat.emoji.of(room.space).peek()))
    }
  }
}
