/** The people with whom one shares a space, loaded once and looked through by name. */

import { signal } from '@preact/signals'
import type { Chat } from '../data/chat'
import { folded } from '../text/folded'
import type { Member, MemberPage } from '../wire/contract'

const PAGE = 500
/** More people than this are found by the server's own lists only. */
const MOST = 5_000

export interface Directory {
  readonly people: ReadonlyMap<string, Member>
  readonly complete: boolean
}

const directories = new WeakMap<Chat, ReturnType<typeof signal<Directory>>>()

/** Everybody who is known, to be watched; loading begins with the first call. */
export function directoryOf(chat: Chat) {
  let directory = directories.get(chat)
  if (directory === undefined) {
    directory = signal<Directory>({ people: new Map(), complete: false })
    directories.set(chat, directory)
    void load(chat, directory).catch(() => directories.delete(chat)) // who looks next tries again
  }
  return directory
}

async function load(chat: Chat, directory: ReturnType<typeof signal<Directory>>): Promise<void> {
  const people = new Map<string, Member>()
  for (const space of chat.store.spaces.ids.peek()) {
    let after: string | null = null
    do {
      const page: MemberPage = await chat.ask('space.members', { space, after, limit: PAGE })
      for (const member of page.members) people.set(member.account, member)
      after = page.next
      directory.value = { people: new Map(people), complete: false }
    } while (after !== null && people.size < MOST)
  }
  directory.value = { people, complete: true }
}

/** Whether a name begins with what was typed, or one of its words does; case and accents do not count. */
export function named(typed: string, ...names: readonly string[]): boolean {
  const wanted = folded(typed)
  return names.some((name) => {
    const text = folded(name)
    return (
      text.startsWith(wanted) || text.includes(` ${wanted}`) || (wanted.length > 2 && text.includes(wanted))
    )
  })
}
