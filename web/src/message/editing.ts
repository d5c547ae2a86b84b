/** What the composer of a room or a thread is about beside a new message: one that is edited, or answered. */

import { signal } from '@preact/signals'
import type { Message } from '../wire/contract'

export type Composing =
  | { readonly kind: 'edit'; readonly message: Message }
  | { readonly kind: 'reply'; readonly message: Answered }

export type Answered = Pick<Message, 'seq' | 'by'>

const composers = signal<ReadonlyMap<string, Composing>>(new Map())

/** `thread`: the `seq` of the message that began it, null for the room itself. */
export function composingIn(room: string, thread: number | null): Composing | null {
  return composers.value.get(key(room, thread)) ?? null
}

export function compose(room: string, thread: number | null, composing: Composing): void {
  composers.value = new Map(composers.peek()).set(key(room, thread), composing)
}

export function stopComposing(room: string, thread: number | null): void {
  const rest = new Map(composers.peek())
  if (rest.delete(key(room, thread))) composers.value = rest
}

function key(room: string, thread: number | null): string {
  return `${room}/${thread ?? ''}`
}
