/** The drafts of the account that is shown. */

import type { Chat } from '../data/chat'
import { type DraftShelf, Drafts, type KeptDraft, type SavedDraft } from '../data/drafts'
import { draftsOf as prefixOf } from '../shell/browser'
import { chat as shown } from '../shell/session'
import { keysOf, store, stored, unstore } from '../shell/storage'

const known = new WeakMap<Chat, Drafts>()

export function draftsOf(chat: Chat): Drafts {
  let drafts = known.get(chat)
  if (drafts === undefined) {
    const fresh = new Drafts((draft) => chat.ask('draft.set', draft), shelf(chat.me))
    chat.status.subscribe((status) => {
      if (status.state !== 'open') return
      chat.ask('draft.list', {}).then(
        (list) => fresh.load(list.drafts),
        () => undefined, // the connection went; the next one asks again
      )
    })
    chat.listen((frame) => {
      if ('signal' in frame && frame.signal === 'draft.set') fresh.take(frame.data as unknown as SavedDraft)
    })
    known.set(chat, fresh)
    drafts = fresh
  }
  return drafts
}

function shelf(account: string): DraftShelf {
  const prefix = prefixOf(account)
  return {
    all: () =>
      Object.fromEntries(
        keysOf(prefix).flatMap((key) => {
          const draft = stored<KeptDraft>(key)
          return draft === null ? [] : [[key.slice(prefix.length), draft]]
        }),
      ),
    put: (key, draft) => store(prefix + key, draft),
    remove: (key) => unstore(prefix + key),
  }
}

globalThis.addEventListener?.('pagehide', () => {
  const chat = shown.peek()
  if (chat !== null) known.get(chat)?.flush()
})
