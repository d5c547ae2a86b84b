/**
 * What the server has to be asked for because no event carries it: a space or room that one has come into, the direct
 * rooms that are listed, and what is one's own (preferences, subscriptions, blocks). What comes goes into the store.
 */

import { batch } from '@preact/signals-core'
import { Again } from './again'
import type { DataOf, EventFrame, RequestName, ResultOf } from './connection'
import type { People } from './people'
import type { Store } from './store'
import type { Unread } from './unread'

type Ask = <N extends RequestName>(name: N, data: DataOf<N>) => Promise<ResultOf<N>>

export class Following {
  private readonly personal = new Again(() => this.loadPersonal(), 0)
  private readonly direct = new Again(() => this.loadDirect())
  /** Direct rooms that somebody looks at before anything was written in them: no list has them. */
  private readonly unlisted = new Set<string>()

  constructor(
    private readonly ask: Ask,
    private readonly store: Store,
    private readonly unread: Unread,
    private readonly people: People,
    /** What is loaded of a room may have gaps. */
    private readonly outdate: (room: string) => void,
  ) {}

  /** Requests can be asked again. */
  ready(): void {
    for (const room of this.unlisted) if (this.store.rooms.get(room) === undefined) void this.loadRoom(room)
    this.personal.want()
  }

  private get me(): string {
    return this.store.account.peek()?.id ?? ''
  }

  /** What `session.open` does not bring. */
  private async loadPersonal(): Promise<void> {
    const [preferences, blocks] = await Promise.all([this.loadPreferences(), this.loadBlocks()])
    this.store.preferences.value = preferences.preferences
    this.store.subscriptions.replace(preferences.subscriptions.map((one) => [one.room, one]))
    this.store.blocked.value = new Set(blocks)
  }

  private async loadPreferences() {
    let page = await this.ask('preferences.get', {})
    const subscriptions = [...page.subscriptions]
    while (page.next !== null) {
      page = await this.ask('preferences.get', { after: page.next })
      subscriptions.push(...page.subscriptions)
    }
    return { preferences: page.preferences, subscriptions }
  }

  private async loadBlocks(): Promise<string[]> {
    const blocks: string[] = []
    let after: string | undefined
    do {
      const page: ResultOf<'block.list'> = await this.ask('block.list', { after })
      blocks.push(...page.blocks.map(({ account }) => account))
      after = page.next ?? undefined
    } while (after !== undefined)
    return blocks
  }

  /** Loads what an event says exists or has changed, but does not carry. `known`: the room is listed. */
  follow(kind: string, id: string, event: EventFrame, known: boolean): void {
    const { data } = event
    const mine = data.account === this.me
    switch (event.event) {
      case 'member.joined':
        if (!mine) return
        if (kind === 'space') void this.loadSpace(id)
        else void this.loadRoom(id)
        return
      case 'member.role_set':
        // What one may see changes with the role, and with it what is unread.
        if (mine || data.role === 'owner' || data.before === 'owner') void this.loadSpace(id)
        return
      case 'account.updated':
      case 'account.renamed':
        if (kind === 'account') this.showMe()
        return
      case 'notification.created':
      case 'read.marked_unread':
        if (data.kind !== 'message' && data.kind !== 'thread') this.unread.want()
        return
      case 'preferences.updated':
      case 'subscription.updated':
        this.personal.wantIfRunning()
        return
      case 'block.added':
      case 'block.removed':
        this.personal.wantIfRunning()
        this.unread.want()
        this.direct.want()
        return
      case 'direct.declined':
      case 'direct.left':
        this.unlisted.delete(String(data.room))
        this.direct.want()
        return
      case 'direct.accepted':
        this.direct.want()
        return
      case 'message.posted':
        // It may bring a direct room back; whom one writes to is no request any more.
        if (!known || (event.by === this.me && this.store.rooms.get(id)?.kind === 'direct'))
          this.direct.want()
    }
  }

  private showMe(): void {
    const account = this.store.account.peek()
    const profile = this.people.profiles.get(this.me)
    if (account === null || profile === undefined) return
    const { name, display_name, about, avatar } = account
    this.people.profiles.set(this.me, { ...profile, name, display_name, about, avatar })
  }

  private async loadSpace(id: string): Promise<void> {
    try {
      const { space } = await this.ask('space.get', { space: id })
      const { members: _, role, ...own } = space
      this.store.spaces.set(id, { ...own, role: role ?? undefined })
    } catch {
      // It is gone again, and an event says so; or the next session brings it.
    }
  }

  /** Lists a room that one is in but that no event told of: a direct room that was opened, say. */
  async showRoom(id: string): Promise<void> {
    this.unlisted.add(id)
    if (this.store.rooms.get(id) === undefined) await this.loadRoom(id)
  }

  private async loadRoom(id: string): Promise<void> {
    try {
      const { room } = await this.ask('room.get', { room: id })
      if (room.kind === 'direct' && !this.unlisted.has(id)) {
        this.direct.want()
        return
      }
      const {
        members: _members,
        member,
        overrides: _overrides,
        rights: _rights,
        listed: _listed,
        ...own
      } = room
      if (!member) return
      const role = this.store.spaces.get(room.space ?? '')?.role ?? null
      const before = this.store.rooms.get(id)
      const { unread = 0, mentions = 0, first_unread = null } = before ?? {}
      const counts = { read: room.read ?? 0, unread, mentions, first_unread }
      this.store.rooms.set(id, { ...own, ...counts, role })
      this.outdate(id)
      this.unread.want()
    } catch {
      // It is gone again, and an event says so; or the next session brings it.
    }
  }

  /** Which direct rooms are listed, and which are requests, follows from blocks and from what others wrote. */
  private async loadDirect(): Promise<void> {
    const found = new Map<string, ResultOf<'direct.list'>['rooms'][number]>()
    let after: string | undefined
    do {
      const page: ResultOf<'direct.list'> = await this.ask('direct.list', { after })
      for (const room of page.rooms) found.set(room.id, room)
      after = page.next ?? undefined
    } while (after !== undefined)
    batch(() => {
      for (const room of this.store.rooms.list())
        if (room.kind === 'direct' && !found.has(room.id) && !this.unlisted.has(room.id))
          this.store.rooms.delete(room.id)
      for (const room of found.values()) {
        const before = this.store.rooms.get(room.id)
        if (before === undefined) {
          this.store.rooms.set(room.id, room)
          this.unread.loaded(room)
        } else if (before.request !== room.request) this.store.rooms.patch(room.id, { request: room.request })
      }
    })
  }
}
