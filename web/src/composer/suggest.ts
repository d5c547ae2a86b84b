/** What is offered for a word at the caret. */

import type { Chat } from '../data/chat'
import { named } from '../people/directory'
import { score } from '../sidebar/score'
import { roomTag } from '../text/room_tag'
import type { Member, OwnRoom } from '../wire/contract'
import { COMMANDS } from './commands'
import { t } from './words'

export interface Suggestion {
  /** What takes the word's place. */
  readonly text: string
  readonly label: string
  readonly note: string
  /** A person's account, for the picture. */
  readonly account?: string
  /** What stands before the label where it is no person: a sign or an emoji. */
  readonly sign?: string
}

export interface EmojiName {
  readonly emoji: string
  readonly name: string
}

const MOST = 8
const byName = new Intl.Collator()

export function people(typed: string, members: Iterable<Member>, loud: boolean): Suggestion[] {
  const all = loud
    ? (['room', 'here'] as const)
        .filter((name) => name.startsWith(typed.toLowerCase()))
        .map(
          (name): Suggestion => ({
            text: `@${name}`,
            label: `@${name}`,
            note: t(`mention_${name}`),
            sign: '@',
          }),
        )
    : []
  const found = [...members]
    .filter(({ disabled, name, display_name }) => !disabled && named(typed, display_name, name))
    .map((member) => ({
      member,
      rank: Math.max(score(typed, member.display_name), score(typed, member.name)),
    }))
    .sort((a, b) => b.rank - a.rank || byName.compare(a.member.display_name, b.member.display_name))
    .map(
      ({ member }): Suggestion => ({
        text: `@${member.name}`,
        label: member.display_name || member.name,
        note: `@${member.name}`,
        account: member.account,
      }),
    )
  return [...found.slice(0, MOST - all.length), ...all]
}

export function rooms(typed: string, chat: Chat, here: OwnRoom): Suggestion[] {
  return chat.store.rooms
    .all()
    .filter((room) => room.kind !== 'direct' && !room.archived && room.space === here.space)
    .map((room) => ({ room, rank: typed === '' ? 1 : score(typed, room.name) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank || a.room.name.localeCompare(b.room.name))
    .slice(0, MOST)
    .map(({ room }) => ({ text: roomTag(room.name), label: room.name, note: room.topic ?? '', sign: '#' }))
}

export function commands(typed: string): Suggestion[] {
  return COMMANDS.filter(({ name }) => name.startsWith(typed.toLowerCase()))
    .slice(0, MOST)
    .map((one) => ({
      text: `/${one.name}`,
      label: `/${one.name} ${one.usage()}`.trim(),
      note: one.does(),
      sign: '/',
    }))
}

export function emoji(found: readonly EmojiName[]): Suggestion[] {
  return found.slice(0, MOST).map(({ emoji: sign, name }) => ({ text: sign, label: name, note: '', sign }))
}
