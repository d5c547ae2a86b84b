/** Going to a message, also to the one whose address stands there already. */

import { signal } from '@preact/signals'
import { go, roomLink, route } from '../shell/route'

/** Grows when the place that the address names is asked for again. */
export const asked = signal(0)

// A link to where one is changes no address, so nothing else would hear of it.
globalThis.document?.addEventListener('click', (event) => {
  const link = (event.target as Element).closest?.('a[href^="#/room/"]')
  if (link?.getAttribute('href') === location.hash) asked.value += 1
})

export function jumpTo(room: string, seq: number): void {
  const here = route.peek()
  if (here.at === 'room' && here.room === room && here.seq === seq) asked.value += 1
  else go(roomLink(room, seq))
}
