/** What is shown of the server follows its events. */

import { Again } from '../data/again'
import type { Chat } from '../data/chat'
import type { Push } from '../data/connection'

/** Whether what an event or a signal of this name tells changes what is shown. */
export type Concerns = (name: string, frame: Push) => boolean

/** A list rests so many times as long as it took to be loaded. */
const RESTS = 2

/**
 * Calls `reload` after what `concerns` the list, and with each new connection, since what happened without one
 * no event may tell. Returns how to stop.
 */
export function follow(
  chat: Pick<Chat, 'listen' | 'status'>,
  concerns: Concerns,
  reload: () => Promise<void>,
): () => void {
  let stopped = false
  const again = new Again(async () => {
    if (stopped) return
    const begun = performance.now()
    await reload()
    const took = performance.now() - begun
    // Where much happens at once, each event would cost all pages of a long list.
    await new Promise((rested) => setTimeout(rested, took * RESTS))
  })
  let { state } = chat.status.peek()
  const stopWatching = chat.status.subscribe((now) => {
    if (now.state === 'open' && state !== 'open') again.want()
    ;({ state } = now)
  })
  const stopListening = chat.listen((frame) => {
    if (concerns('event' in frame ? frame.event : frame.signal, frame)) again.want()
  })
  return () => {
    stopped = true
    stopWatching()
    stopListening()
  }
}

/** Events of a stream, such as `room/01J…`, whose names begin with one of these. */
export function eventsOf(stream: string, ...beginnings: readonly string[]): Concerns {
  return (name, frame) => frame.stream === stream && beginnings.some((one) => name.startsWith(one))
}
