/**
 * What stands beside the room: a thread, its members, a search. One at a time.
 *
 * On a phone it covers the room. There it is a step of its own in the browser's history, so that the back button closes
 * it, and leads back to it from where it led.
 */

import { signal } from '@preact/signals'

export type Panel =
  | { readonly kind: 'thread'; readonly room: string; readonly seq: number }
  | { readonly kind: 'members'; readonly room: string }
  | { readonly kind: 'pins'; readonly room: string }
  | { readonly kind: 'files'; readonly room: string }
  | { readonly kind: 'search'; readonly text: string; readonly room: string | null }
  | { readonly kind: 'profile'; readonly account: string }
  | { readonly kind: 'notifications' }
  | { readonly kind: 'bookmarks' }

const covers = () => globalThis.matchMedia?.('(max-width: 700px)').matches ?? false

export const panel = signal<Panel | null>(step())
/** Whether what is shown is such a step. */
let stepped = panel.peek() !== null

globalThis.addEventListener?.('popstate', () => {
  const next = step()
  if (next === null && !stepped) return
  stepped = next !== null
  panel.value = next
})

export function openPanel(next: Panel): void {
  stepped = covers()
  if (stepped) history.pushState({ panel: next }, '')
  panel.value = next
}

export function closePanel(): void {
  if (step() === null) panel.value = null
  else history.back()
}

/**
 * The person has gone into another room, or to what is none. What is about a room goes along into one that they are in;
 * a thread stays behind, and so does what has come to cover the room since the window became narrow.
 */
export function followRoom(room: string | null, isMember = false): void {
  const shown = panel.peek()
  if (shown === null || step() !== null) return
  if (room === null || covers()) panel.value = null
  else if ('room' in shown && shown.room !== null && shown.room !== room)
    panel.value = isMember && shown.kind !== 'thread' ? { ...shown, room } : null
}

function step(): Panel | null {
  return globalThis.history?.state?.panel ?? null
}
