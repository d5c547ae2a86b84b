/** Which spaces are folded: on this device, because screens differ. */

import { signal } from '@preact/signals'
import { store, stored } from '../shell/storage'

const STORED = 'chatd.folded'

export const folded = signal<ReadonlySet<string>>(new Set(stored<string[]>(STORED) ?? []))

export function toggleFolded(space: string): void {
  const next = new Set(folded.peek())
  if (!next.delete(space)) next.add(space)
  folded.value = next
  store(STORED, [...next])
}
