/** What the keys that work everywhere do. */

import type { Chat } from '../data/chat'
import { QuickSwitcher, ShortcutHelp } from '../sidebar/dialogs'
import { openDialog } from './dialog'
import { bind } from './keys'
import { openPanel } from './panel'
import { go, roomLink, route } from './route'

/** Binds them. Returns how to stop. */
export function bindEverywhere(chat: Chat): () => void {
  const here = () => (route.peek().at === 'room' ? (route.peek() as { room: string }).room : null)
  const none = () => ''
  return bind([
    { keys: 'Mod+K', does: none, run: () => openDialog(<QuickSwitcher />) },
    { keys: '?', does: none, run: () => openDialog(<ShortcutHelp />) },
    { keys: 'Mod+Shift+F', does: none, run: () => openPanel({ kind: 'search', text: '', room: null }) },
    { keys: 'Alt+ArrowUp', does: none, run: () => step(here(), -1, () => true) },
    { keys: 'Alt+ArrowDown', does: none, run: () => step(here(), 1, () => true) },
    { keys: 'Alt+Shift+ArrowUp', does: none, run: () => step(here(), -1, unread(chat)) },
    { keys: 'Alt+Shift+ArrowDown', does: none, run: () => step(here(), 1, unread(chat)) },
  ])
}

const unread = (chat: Chat) => (room: string) => (chat.store.rooms.get(room)?.unread ?? 0) > 0

/** Goes to the next room of the list, as it stands on the screen, that is wanted. */
function step(here: string | null, by: 1 | -1, wanted: (room: string) => boolean): void {
  const rooms = [...document.querySelectorAll<HTMLElement>('.sidebar-room')].map(
    (link) => link.dataset.room as string,
  )
  if (rooms.length === 0) return
  const start = here === null ? (by > 0 ? -1 : rooms.length) : rooms.indexOf(here)
  for (let i = 1; i <= rooms.length; i++) {
    const room = rooms[(start + by * i + rooms.length * 2) % rooms.length] as string
    if (room !== here && wanted(room)) {
      go(roomLink(room))
      return
    }
  }
}
