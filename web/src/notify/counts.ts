/** What is unread in all, as the title, the icon and the badge tell it. Pure. */

import type { OwnRoom, Subscription } from '../wire/contract'

export interface Counts {
  /** What asks for this person: mentions, and all of direct rooms. */
  readonly calls: number
  /** Whether there is anything else. */
  readonly news: boolean
}

export function countsOf(
  rooms: readonly OwnRoom[],
  subscription: (room: string) => Subscription | undefined,
  now: number,
): Counts {
  let calls = 0
  let news = false
  for (const room of rooms) {
    if (room.archived || room.unread === 0) continue
    const { level = null, muted_until = null } = subscription(room.id) ?? {}
    if (level === 'none' || (muted_until ?? 0) > now) continue
    const direct = room.kind === 'direct' && !room.request
    calls += direct ? room.unread : room.mentions
    news = true
  }
  return { calls, news }
}

/** `(3) Square – Hopper`; a dot says that there is something that does not ask for one. */
export function titleOf({ calls, news }: Counts, room: string | null, server: string): string {
  const name = [room, server || 'chatd'].filter((part) => part !== null && part !== '').join(' – ')
  if (calls > 0) return `(${calls > 99 ? '99+' : calls}) ${name}`
  return news ? `• ${name}` : name
}
