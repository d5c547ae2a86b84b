/** When something was last said in a room, as far as this page has heard. Direct rooms are listed by it. */

import type { Chat } from '../data/chat'
import { splitStream } from '../data/store'
import { Table } from '../data/table'

const tables = new WeakMap<Chat, Table<number>>()

/** Unix milliseconds by room id; a room of which nothing was heard yet has none. */
export function newestIn(chat: Chat): Table<number> {
  let table = tables.get(chat)
  if (table === undefined) {
    const fresh = new Table<number>()
    chat.listen((frame) => {
      if (!('event' in frame) || frame.event !== 'message.posted') return
      const room = splitStream(frame.stream)[1]
      // An import brings what was said long ago.
      fresh.set(room, Math.max(frame.at, fresh.get(room) ?? 0))
    })
    tables.set(chat, fresh)
    table = fresh
  }
  return table
}
