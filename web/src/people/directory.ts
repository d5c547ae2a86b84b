/** The people with whom one shares a space, looked through by name. */

import { type Signal, signal } from '@preact/signals'
import type { Chat } from '../data/chat'
import { folded } from '../text/folded'
import type { Member, MemberPage } from '../wire/contract'

const PAGE = 500
/** Of a space or a room with more people than this not all are listed, nor found by their names. */
export const MOST_PEOPLE = 10_000

export interface Directory {
  readonly people: ReadonlyMap<string, Member>
  readonly complete: boolean
}

interface Loaded {
  readonly directory: Signal<Directory>
  /** Somebody may have come or gone since it was loaded. */
  outdated: boolean
  loading: boolean
}

const known = new WeakMap<Chat, Loaded>()

/** Everybody who is known, to be watched. Who looks has it loaded, and again after somebody came or went. */
export function directoryOf(chat: Chat): Signal<Directory> {
  let loaded = known.get(chat)
  if (loaded === undefined) {
    const fresh = {
      directory: signal<Directory>({ people: new Map(), complete: false }),
      outdated: true,
      loading: false,
    }
    whenMembersChange(chat, () => {
      fresh.outdated = true
    })
    known.set(chat, fresh)
    loaded = fresh
  }
  if (loaded.outdated && !loaded.loading) void load(chat, loaded)
  return loaded.directory
}

async function load(chat: Chat, loaded: Loaded): Promise<void> {
  const { directory } = loaded
  const people = new Map<string, Member>()
  loaded.outdated = false
  loaded.loading = true
  try {
    for (const space of chat.store.spaces.ids.peek()) {
      let after: string | null = null
      do {
        const page: MemberPage = await chat.ask('space.members', { space, after, limit: PAGE })
        for (const member of page.members) people.set(member.account, member)
        after = page.next
        // At first what has come is shown; later nobody goes until the rest is there.
        if (!directory.peek().complete) directory.value = { people: new Map(people), complete: false }
      } while (after !== null && people.size < MOST_PEOPLE)
    }
    directory.value = { people, complete: true }
  } catch {
    loaded.outdated = true // who looks next tries again
  } finally {
    loaded.loading = false
  }
}

/** Says when somebody may have come or gone: an event tells of it, or there was no connection for a while. */
export function whenMembersChange(chat: Chat, then: () => void): void {
  chat.listen((frame) => {
    if ('event' in frame && frame.event.startsWith('member.')) then()
  })
  chat.status.subscribe(({ state }) => {
    if (state === 'open') then()
  })
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
