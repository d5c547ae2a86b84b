/** People for a `from:`, rooms for an `in:` that is being typed. */

import type { Chat } from '../data/chat'
import { directoryOf, named } from '../people/directory'
import { roomName } from '../sidebar/room_name'
import { unfinished } from './query'
import { t } from './words'

const MOST = 6

interface Suggestion {
  readonly value: string
  readonly label: string
  readonly more: string
}

export function suggestions(chat: Chat, typed: string): readonly Suggestion[] {
  const open = unfinished(typed)
  if (open === null) return []
  const found = open.name === 'from' ? peopleLike(chat, open.typed) : roomsLike(chat, open.typed)
  // What is there in full needs no offer.
  return found.filter(({ value }) => value !== open.typed).slice(0, MOST)
}

function peopleLike(chat: Chat, typed: string): Suggestion[] {
  return [...(directoryOf(chat).value?.people.values() ?? [])]
    .filter((one) => named(typed, one.name, one.display_name))
    .map((one) => ({ value: one.name, label: one.display_name, more: `@${one.name}` }))
}

function roomsLike(chat: Chat, typed: string): Suggestion[] {
  return chat.store.rooms
    .all()
    .map((room) => ({ room, name: roomName(chat, room) }))
    .filter(({ name }) => named(typed, name))
    .map(({ room, name }) => ({
      value: name,
      label: name,
      more: (room.space !== null && chat.store.spaces.get(room.space)?.name) || '',
    }))
}

export function Suggestions({
  found,
  onPick,
}: {
  found: readonly Suggestion[]
  onPick(value: string): void
}) {
  if (found.length === 0) return null
  return (
    <ul class="search-recent" aria-label={t('suggestions')}>
      {found.map(({ value, label, more }) => (
        <li key={`${value} ${more}`}>
          <button type="button" class="search-again" onClick={() => onPick(value)}>
            <bdi>{label}</bdi> <bdi class="search-head">{more}</bdi>
          </button>
        </li>
      ))}
    </ul>
  )
}
