/**
 * What the client knows: a model of the account's spaces and rooms that `session.open` fills and events change.
 *
 * Everything in it is plain data in signals. It never asks the server; `chat.ts` does.
 */

import { batch, signal } from '@preact/signals-core'
import type {
  Account,
  Events,
  Limits,
  OwnRoom,
  OwnSpace,
  Preferences,
  SessionOpened,
  Subscription,
} from '../wire/contract'
import type { EventFrame, SignalFrame } from './connection'
import type { Cursor } from './cursor'
import { Table } from './table'

/** Who types where: account ids with the time at which the sign goes, in Unix milliseconds. */
export type Typing = Readonly<Record<string, number>>

export class Store {
  readonly account = signal<Account | null>(null)
  readonly limits = signal<Limits | null>(null)
  readonly serverName = signal('')
  readonly spaces = new Table<OwnSpace>()
  readonly rooms = new Table<OwnRoom>()
  readonly typing = new Table<Typing>()
  readonly preferences = signal<Preferences | null>(null)
  /** By room. */
  readonly subscriptions = new Table<Subscription>()
  /** Accounts whose messages are hidden. */
  readonly blocked = signal<ReadonlySet<string>>(new Set())
  cursor: Cursor | null = null

  opened(opened: SessionOpened): void {
    batch(() => {
      this.account.value = opened.account
      this.limits.value = opened.limits
      this.serverName.value = opened.server.name
      this.spaces.replace(opened.spaces.map((space) => [space.id, space]))
      this.rooms.replace(opened.rooms.map((room) => [room.id, room]))
    })
    this.typing.replace([])
    // A state that was kept for long has no epoch: its events are not asked for any more.
    if (opened.epoch === '') this.cursor = null
    else if (!opened.resumed)
      this.cursor = { epoch: opened.epoch, position: opened.position, hash: opened.hash || undefined }
  }

  /** Moves the cursor over an event; false where it was applied before. */
  advance(event: EventFrame): boolean {
    if (this.cursor === null || event.position <= this.cursor.position) return false
    this.cursor = { epoch: this.cursor.epoch, position: event.position, hash: event.hash }
    return true
  }

  /** Changes what an event of a stream says about the account, its spaces and rooms. */
  apply(event: EventFrame): void {
    const [kind, id] = splitStream(event.stream)
    batch(() => {
      if (kind === 'account') this.applyToAccount(event)
      else if (kind === 'space') this.applyToSpace(id, event)
      else if (kind === 'room') this.applyToRoom(id, event)
    })
  }

  signal(frame: SignalFrame): void {
    const [kind, id] = splitStream(frame.stream)
    if (kind !== 'room') return
    if (frame.signal === 'typing') {
      const until = Date.now() + Number(frame.data.expires_in) * 1000
      this.typing.set(id, { ...this.typing.get(id), [frame.by]: until })
    }
  }

  stopTyping(room: string, account: string): void {
    const typing = this.typing.get(room)
    if (typing?.[account] === undefined) return
    const { [account]: _gone, ...rest } = typing
    this.typing.set(room, rest)
  }

  removeSpace(space: string): void {
    this.spaces.delete(space)
    for (const room of this.rooms.all()) if (room.space === space) this.rooms.delete(room.id)
  }

  private applyToAccount(event: EventFrame): void {
    const account = this.account.peek()
    if (account === null) return
    switch (event.event) {
      case 'account.updated': {
        const { reason: _reason, ...fields } = event.data as Events['account.updated']
        this.account.value = { ...account, ...fields }
        return
      }
      case 'account.renamed':
        this.account.value = { ...account, name: String(event.data.name ?? account.name) }
        return
      case 'preferences.updated': {
        const preferences = this.preferences.peek()
        if (preferences !== null) this.preferences.value = { ...preferences, ...event.data }
        return
      }
      case 'subscription.updated': {
        const room = String(event.data.room)
        const before = this.subscriptions.get(room) ?? { room, level: null, muted_until: null }
        this.subscriptions.set(room, { ...before, ...event.data })
        return
      }
      case 'block.added':
        this.blocked.value = new Set([...this.blocked.peek(), String(event.data.account)])
        return
      case 'block.removed':
        this.blocked.value = new Set([...this.blocked.peek()].filter((id) => id !== event.data.account))
        return
      case 'direct.declined':
      case 'direct.left':
        this.rooms.delete(String(event.data.room))
    }
  }

  private applyToSpace(id: string, event: EventFrame): void {
    switch (event.event) {
      case 'space.updated': {
        const { name, description, icon } = event.data as Events['space.updated']
        this.spaces.patch(id, defined({ name, description, icon }))
        return
      }
      case 'space.retention_set':
        this.spaces.patch(id, { keep_days: (event.data as Events['space.retention_set']).keep_days })
        return
      case 'space.hold_set':
        this.spaces.patch(id, { hold: (event.data as Events['space.hold_set']).hold })
        return
      case 'space.locked':
        this.spaces.patch(id, { locked: true })
        return
      case 'space.unlocked':
        this.spaces.patch(id, { locked: false })
        return
      case 'space.deleted':
        this.removeSpace(id)
        return
      case 'member.left':
      case 'member.kicked':
      case 'member.banned':
        if (this.isMe(event.data.account)) this.removeSpace(id)
        return
      case 'member.role_set': {
        if (!this.isMe(event.data.account)) return
        const role = event.data.role as OwnSpace['role']
        this.spaces.patch(id, { role })
        for (const room of this.rooms.all())
          if (room.space === id) this.rooms.patch(room.id, { role: role ?? null })
      }
    }
  }

  /** A room that was loaded later than the event happened has it in it already. */
  private applyToRoom(id: string, event: EventFrame): void {
    if (event.event === 'message.posted') this.stopTyping(id, event.by)
    const room = this.rooms.get(id)
    if (room === undefined || event.seq <= room.head) return
    this.rooms.patch(id, { head: event.seq })
    switch (event.event) {
      case 'room.updated': {
        const { name, topic, slow_mode } = event.data as Events['room.updated']
        this.rooms.patch(id, defined({ name, topic, slow_mode }))
        return
      }
      case 'room.retention_set':
        this.rooms.patch(id, { keep_days: (event.data as Events['room.retention_set']).keep_days })
        return
      case 'room.hold_set':
        this.rooms.patch(id, { hold: (event.data as Events['room.hold_set']).hold })
        return
      case 'room.archived':
        this.rooms.patch(id, { archived: true })
        return
      case 'room.unarchived':
        this.rooms.patch(id, { archived: false })
        return
      case 'room.locked':
        this.rooms.patch(id, { locked: true })
        return
      case 'room.unlocked':
        this.rooms.patch(id, { locked: false })
        return
      case 'room.deleted':
        this.rooms.delete(id)
        return
      case 'member.left':
      case 'member.kicked':
        if (this.isMe(event.data.account)) this.rooms.delete(id)
        return
      // Only a direct room's: in the others the space's event says so.
      case 'member.disabled':
        this.setDisabled(id, String(event.data.account), true)
        return
      case 'member.enabled':
        this.setDisabled(id, String(event.data.account), false)
    }
  }

  private setDisabled(id: string, account: string, disabled: boolean): void {
    const room = this.rooms.get(id)
    if (room?.accounts === undefined) return
    const others = (room.disabled ?? []).filter((one) => one !== account)
    this.rooms.patch(id, { disabled: disabled ? [...others, account] : others })
  }

  private isMe(account: unknown): boolean {
    return account === this.account.peek()?.id
  }
}

/** `room/01J…` as its kind and id. */
export function splitStream(stream: string): [kind: string, id: string] {
  const slash = stream.indexOf('/')
  return [stream.slice(0, slash), stream.slice(slash + 1)]
}

function defined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>
}
