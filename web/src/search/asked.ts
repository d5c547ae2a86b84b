/** What the server is asked: the words of the field, with names become rooms and accounts. */

import type { Chat } from '../data/chat'
import { directoryOf } from '../people/directory'
import { roomName } from '../sidebar/room_name'
import { folded } from '../text/folded'
import type { Requests } from '../wire/contract'
import { dayBegins, parsed } from './query'
import { t } from './words'

export type Asked = Requests['message.search']['data']

/**
 * `here`: only in the room `near`, from which one searches. Throws a sentence for a name that nothing has; null while there is nothing to look
 * for.
 */
export function askedOf(chat: Chat, typed: string, here: boolean, near: string | null): Asked | null {
  const room = here ? near : null
  // A filter without its name yet is no word to look for.
  const query = parsed(typed.replace(/(^|\s)(from|in):$/iu, '$1'))
  const filters: Asked = {
    text: query.text.trim() === '' ? null : query.text.slice(0, 200),
    room: query.in === null ? room : roomNamed(chat, query.in, near),
    by: query.from === null ? null : accountNamed(chat, query.from),
    before: query.before === null ? null : dayBegins(query.before),
    after: query.after === null ? null : dayBegins(query.after),
    has_file: query.hasFile || null,
    has_link: query.hasLink || null,
  }
  const { room: _room, ...rest } = filters
  return Object.values(rest).some((value) => value !== null) || query.in !== null ? filters : null
}

function roomNamed(chat: Chat, name: string, near: string | null): string {
  const alike = chat.store.rooms.all().filter((one) => folded(roomName(chat, one)) === folded(name))
  const exact = alike.filter((one) => roomName(chat, one) === name)
  const rooms = exact.length > 0 ? exact : alike
  // Of several spaces that have such a room, the one in which one is comes first.
  const space = near === null ? null : chat.store.rooms.get(near)?.space
  const found = rooms.find((one) => one.space === space) ?? rooms[0]
  if (found === undefined) throw new Error(t('no_room', { name }))
  return found.id
}

function accountNamed(chat: Chat, name: string): string {
  if (name === 'me') return chat.me
  const people = [...(directoryOf(chat).value?.people.values() ?? [])]
  const found =
    people.find((one) => one.name === name) ??
    people.find((one) => folded(one.name) === folded(name)) ??
    people.find((one) => folded(one.display_name) === folded(name))
  if (found === undefined) throw new Error(t('nobody', { name }))
  return found.account
}
