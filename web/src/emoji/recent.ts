/** Emoji that were used last on this device, and the skin tone that is preferred on it. */

import { signal } from '@preact/signals'
import { store, stored } from '../shell/storage'

const RECENT = 'chatd.emoji'
const TONE = 'chatd.tone'
const MOST = 24

export const recent = signal<readonly string[]>(stored<string[]>(RECENT) ?? [])
/** 0: none; 1 to 5: light to dark. */
export const tone = signal<number>(stored<number>(TONE) ?? 0)

export function used(emoji: string): void {
  recent.value = [emoji, ...recent.peek().filter((one) => one !== emoji)].slice(0, MOST)
  store(RECENT, recent.peek())
}

export function preferTone(next: number): void {
  tone.value = next
  store(TONE, next)
}
