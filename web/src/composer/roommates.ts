/** Who is in a room, for suggestions: loaded when somebody is looked for, and again after somebody came or went. */

import type { Chat } from '../data/chat'
import { whenMembersChange } from '../people/directory'
import type { Member, MemberPage } from '../wire/contract'

const PAGE = 500
const MOST = 5_000

type Loaded = Map<string, Promise<readonly Member[]>>
const known = new WeakMap<Chat, Loaded>()

/** The members, of a very large room only so many. Rejects like `Chat.ask`. */
export function roommates(chat: Chat, room: string): Promise<readonly Member[]> {
  let loaded = known.get(chat)
  if (loaded === undefined) {
    const fresh: Loaded = new Map()
    whenMembersChange(chat, () => fresh.clear())
    known.set(chat, fresh)
    loaded = fresh
  }
  let members = loaded.get(room)
  if (members === undefined) {
    members = load(chat, room)
    const kept = loaded
    members.catch(() => kept.delete(room))
    loaded.set(room, members)
  }
  return members
}

async function load(chat: Chat, room: string): Promise<readonly Member[]> {
  const members: Member[] = []
  let after: string | null = null
  do {
    const page: MemberPage = await chat.ask('room.members', { room, after, limit: PAGE })
    members.push(...page.members)
    after = page.next
  } while (after !== null && members.length < MOST)
  return members
}
