/** Whose presence is shown. The server tells of at most 500 accounts; the last ones that were shown count. */

import type { Chat } from '../data/chat'

const MOST = 500
const GATHER_MS = 300
/** Without a connection for so long, nobody's presence is known any more, and one is not there for others. */
const FORGET_MS = 1_500

interface Watching {
  readonly shown: Map<string, number>
  timer: ReturnType<typeof setTimeout> | undefined
}

const watching = new WeakMap<Chat, Watching>()

/** Watches these accounts until the returned function is called. */
export function watchPresence(chat: Chat, accounts: readonly string[]): () => void {
  const state = watchingOf(chat)
  for (const account of accounts) state.shown.set(account, (state.shown.get(account) ?? 0) + 1)
  askSoon(chat, state)
  return () => {
    for (const account of accounts) {
      const times = (state.shown.get(account) ?? 0) - 1
      if (times > 0) state.shown.set(account, times)
      else state.shown.delete(account)
    }
  }
}

function watchingOf(chat: Chat): Watching {
  let state = watching.get(chat)
  if (state === undefined) {
    const fresh: Watching = { shown: new Map(), timer: undefined }
    state = fresh
    watching.set(chat, fresh)
    let forgetting: ReturnType<typeof setTimeout> | undefined
    // What a session watches ends with it.
    chat.status.subscribe(({ state }) => {
      clearTimeout(forgetting)
      if (state === 'open') askSoon(chat, fresh)
      else forgetting = setTimeout(() => chat.people.presences.replace([]), FORGET_MS)
    })
  }
  return state
}

function askSoon(chat: Chat, state: Watching): void {
  clearTimeout(state.timer)
  state.timer = setTimeout(async () => {
    if (state.shown.size === 0) return
    const accounts = [...state.shown.keys()].slice(-MOST)
    try {
      const { presences } = await chat.ask('presence.watch', { accounts })
      for (const presence of presences) chat.people.presences.set(presence.account, presence)
    } catch {
      // The connection went; it is asked again when the next one is open.
    }
  }, GATHER_MS)
}
