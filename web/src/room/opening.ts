/** Where a room opens: at a permalink's message, at the first unread one, where it was left, or at its end. */

import type { Timeline } from '../data/timeline'
import { readUpTo } from '../data/unread'
import type { OwnRoom } from '../wire/contract'

export type Place =
  | { readonly at: 'message'; readonly seq: number }
  /** At the first message beyond what was read. */
  | { readonly at: 'unread'; readonly read: number }
  /** Where the reader was last: a row, and its distance from the upper edge. */
  | { readonly at: 'left'; readonly seq: number; readonly offset: number }
  | { readonly at: 'end' }

export function placeFor(
  room: Pick<OwnRoom, 'read' | 'unread' | 'first_unread'>,
  seq: number | null,
  left: Timeline['left'],
): Place {
  if (seq !== null) return { at: 'message', seq }
  if (room.unread > 0) return { at: 'unread', read: readUpTo(room) }
  return left === null ? { at: 'end' } : { at: 'left', ...left }
}

/** Whether what is loaded has the place in it. */
export function isLoaded(timeline: Timeline, place: Place): boolean {
  if (timeline.stale.peek()) return false
  if (place.at === 'end') return !timeline.moreAfter.peek()
  const messages = timeline.messages.peek()
  const first = messages[0]?.seq ?? 0
  const last = messages.at(-1)?.seq ?? 0
  if (place.at !== 'unread') return timeline.find(place.seq) !== undefined
  const begins = first <= place.read || !timeline.moreBefore.peek()
  return begins && (last > place.read || !timeline.moreAfter.peek())
}

/** The message around which to load, or null for the newest. */
export function around(place: Place): number | null {
  if (place.at === 'end') return null
  return place.at === 'unread' ? place.read : place.seq
}
