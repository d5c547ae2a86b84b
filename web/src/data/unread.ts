/**
 * How much is unread in each room. A message more is counted here; where the rule needs more than an event says
 * (mentions, edits, deletions, blocks, a marker that moved by a part), the server is asked.
 */

import type { Events, OwnRoom, UnreadList } from '../wire/contract'
import { Again } from './again'
import type { EventFrame } from './connection'
import type { Store } from './store'

export type AskUnread = (place: { after?: string }) => Promise<UnreadList>

export class Unread {
  /** By room: the seq up to which its counts are exact. */
  private counted = new Map<string, number>()
  /** By room: the marker that the server was told and has not confirmed. */
  private readonly underway = new Map<string, number>()
  private readonly recount = new Again(() => this.ask())

  constructor(
    private readonly store: Store,
    private readonly list: AskUnread,
  ) {}

  /** A session began: what it says of rooms is of their heads. */
  opened(rooms: readonly OwnRoom[], counted?: Readonly<Record<string, number>>): void {
    this.counted = new Map(rooms.map(({ id, head }) => [id, counted?.[id] ?? head]))
  }

  /** What another tab needs to go on counting. */
  snapshot(): Record<string, number> {
    return Object.fromEntries(this.counted)
  }

  want(): void {
    this.recount.want()
  }

  /** An event of a room, before the room's head moves. */
  apply(id: string, event: EventFrame, me: string): void {
    const room = this.store.rooms.get(id)
    if (room === undefined || event.seq <= (this.counted.get(id) ?? 0)) return
    this.counted.set(id, event.seq)
    if (event.event === 'message.posted') this.posted(room, event, me)
    else if (event.event === 'message.edited' && unread(room, event)) this.want()
    else if (event.event === 'message.deleted' && unread(room, event)) this.deleted(room, event, me)
  }

  /** A room was loaded with its counts. */
  loaded({ id, head }: OwnRoom): void {
    this.counted.set(id, head)
  }

  /** The person has read up to `seq`; shown at once, while the server is told. */
  async marking(id: string, seq: number, told: Promise<unknown>): Promise<void> {
    this.underway.set(id, seq)
    this.marked(id, seq)
    try {
      await told
    } finally {
      if (this.underway.get(id) === seq) this.underway.delete(id)
    }
  }

  /** The marker stands at `seq`. */
  marked(id: string, seq: number): void {
    const room = this.store.rooms.get(id)
    if (room === undefined) return
    const read = Math.max(seq, room.read)
    const all = read >= Math.max(room.head, this.counted.get(id) ?? 0)
    this.store.rooms.patch(id, all ? { read, unread: 0, mentions: 0, first_unread: null } : { read })
    if (!all) this.want()
  }

  private posted(room: OwnRoom, event: EventFrame, me: string): void {
    if (event.by === me || event.seq <= room.read || this.store.blocked.peek().has(event.by)) return
    const { mentions, imported } = event.data as Events['message.posted']
    if (imported !== undefined) return // news to nobody
    const first_unread = room.unread === 0 ? event.seq : room.first_unread
    this.store.rooms.patch(room.id, { unread: room.unread + 1, first_unread })
    // Who is mentioned by `@here` or in a muted room is for the server to say.
    if (mentions !== undefined && mentions.length > 0) this.want()
  }

  private deleted(room: OwnRoom, event: EventFrame, me: string): void {
    const { author, key } = event.data as Events['message.deleted']
    if (author === me || key !== undefined || this.store.blocked.peek().has(author)) return
    this.store.rooms.patch(room.id, { unread: Math.max(0, room.unread - 1) })
    // It may have been from before the account joined, or have mentioned it.
    this.want()
  }

  private async ask(): Promise<void> {
    let after: string | undefined
    do {
      const page = await this.list({ after })
      for (const row of page.rooms) {
        const room = this.store.rooms.get(row.room)
        if (room === undefined) continue
        const behind = row.head < (this.counted.get(row.room) ?? 0)
        if (behind || row.read < (this.underway.get(row.room) ?? 0)) this.want()
        else {
          const { read, unread, mentions, first_unread } = row
          this.counted.set(row.room, row.head)
          this.store.rooms.patch(row.room, { read, unread, mentions, first_unread })
        }
      }
      after = page.next ?? undefined
    } while (after !== undefined)
  }
}

/** Behind which seq what is unread begins: what came before somebody joined is not, and no marker stands there. */
export const readUpTo = ({ read, first_unread }: Pick<OwnRoom, 'read' | 'first_unread'>): number =>
  Math.max(read, (first_unread ?? 0) - 1)

const unread = (room: OwnRoom, event: EventFrame) => Number(event.data.seq) > room.read
