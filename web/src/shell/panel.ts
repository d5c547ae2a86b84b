/** What stands beside the room: a thread, its members, a search. One at a time. */

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

export const panel = signal<Panel | null>(null)

export function openPanel(next: Panel): void {
  panel.value = next
}

export function closePanel(): void {
  panel.value = null
}
