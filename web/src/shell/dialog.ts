/**
 * The dialog that is open, above everything. One at a time; a dialog that opens another takes its place. Whoever goes
 * back leaves it, too: what it is about may not be there.
 */

import { signal } from '@preact/signals'
import type { VNode } from 'preact'

export const dialog = signal<VNode | null>(null)

/** Opens a dialog: a `Dialog`, or a lazy part that becomes one, closing itself with `closeDialog`. */
export function openDialog(part: VNode): void {
  dialog.value = part
}

export function closeDialog(): void {
  dialog.value = null
}

globalThis.addEventListener?.('popstate', closeDialog)
