/**
 * One account's chat: the link, the store, the timelines of rooms, and the outbox, put together.
 *
 * This is what the user interface works with. It has no idea how it is drawn.
 */

import { batch, effect, type ReadonlySignal, signal, untracked } from '@preact/signals-core'
import type { Message, Posted, PostMessage, SessionOpened } from '../wire/contract'
import type { DataOf, EventFrame, Push, RequestName, ResultOf, SignalFrame } from './connection'
import { SpaceEmoji } from './emoji'
import { Files } from './files'
import { Following } from './following'
import type { Kept, KeptTimeline } from './kept'
import type { Link, LinkOptions, Status } from './link'
import { nonce as newNonce } from './nonce'
import { type NewMessage, Outbox, type OutboxEntry, type OutboxShelf } from './outbox'
import { People } from './people'
import { Lost } from './refusal'
import { Store, splitStream } from './store'
import type { TabsOptions } from './tabs'
import { Timeline } from './timeline'
import { Unread } from './unread'
import { NO_UPLOADING, type Uploading, Uploads } from './uploads'

/** Timelines that are kept loaded, so that going back to a room is at once. */
const KEPT_TIMELINES = 30
/** Of each of them so much is kept for the next start. */
const KEPT_MESSAGES = 60
/** So long after an answer that did not come the message is sent again, if there is a connection. */
const REPOST_MS = 5_000
/** A page that is on its way is waited for no longer than this. */
const LOADED_MS = 3_000
/** Profiles that are kept for the next start. */
const KEPT_PROFILES = 1000

export type LinkFactory = (
  options: Pick<LinkOptions, 'cursor' | 'opened' | 'frames'> & Pick<TabsOptions, 'kept' | 'restore'>,
) => Link

export class Chat {
  readonly store = new Store()
  readonly people: People
  readonly outbox: Outbox
  readonly emoji: SpaceEmoji
  readonly files: Files
  readonly uploads: Uploads
  private readonly unread: Unread
  private readonly link: Link
  private readonly timelines = new Map<string, Timeline>()
  private readonly listeners = new Set<(frame: Push) => void>()
  private readonly following: Following
  /** By room: how far was read, where the server has not confirmed it. */
  private readonly marks = new Map<string, number>()
  private readonly stopReadying: () => void
  private readonly stopWatching: () => void
  private lastOpened: SessionOpened | null = null
  private repost: ReturnType<typeof setTimeout> | undefined
  /** Whether the state shown is the server's and not only what was kept. */
  readonly live = signal(false)

  /** `readFile` gives the bytes at a path of the server: `httpFiles` in a browser. */
  constructor(
    makeLink: LinkFactory,
    shelf: OutboxShelf,
    kept: Kept | null = null,
    timelines: readonly KeptTimeline[] = [],
    readFile: (path: string) => Promise<Blob> = () => Promise.reject(new Error('no files are read here')),
    uploading: Uploading = NO_UPLOADING,
  ) {
    this.emoji = new SpaceEmoji(async (space) => (await this.ask('emoji.list', { space })).emoji)
    this.files = new Files({
      read: readFile,
      sign: (file, expires_in) => this.ask('file.sign', { file, expires_in }),
    })
    this.people = new People(async (accounts) => (await this.ask('profile.list', { accounts })).profiles)
    this.uploads = new Uploads(
      uploading,
      () => this.ask('file.usage', {}),
      (file) => this.ask('file.delete', { file }),
      () => this.outbox.pumpAll(),
    )
    this.outbox = new Outbox((message) => this.post(message), shelf, undefined, this.uploads)
    this.unread = new Unread(this.store, (place) => this.ask('unread.list', place))
    this.following = new Following(
      (name, data) => this.ask(name, data),
      this.store,
      this.unread,
      this.people,
      (room) => this.timelines.get(room)?.outdate(),
    )
    if (kept !== null) {
      this.take(kept)
      for (const one of timelines) {
        this.timeline(one.room).restore(one, this.store.rooms.get(one.room)?.head)
        this.seen(one.messages)
      }
    }
    this.link = makeLink({
      cursor: () => this.store.cursor,
      opened: (opened) => this.opened(opened),
      frames: (frames) => this.heard(frames),
      kept: () => this.kept(),
      restore: (other) => this.restore(other),
    })
    this.takeUp()
    this.stopWatching = shelf.watch(() => this.takeUp())
    this.stopReadying = effect(() => {
      if (this.link.status.value.state === 'open') untracked(() => this.ready())
    })
  }

  get status(): ReadonlySignal<Status> {
    return this.link.status
  }

  get me(): string {
    return this.store.account.peek()?.id ?? ''
  }

  ask<N extends RequestName>(name: N, data: DataOf<N>, deadline?: number): Promise<ResultOf<N>> {
    return this.link.ask(name, data, deadline)
  }

  retry(): void {
    this.link.retry()
  }

  close(): void {
    this.stopReadying()
    this.stopWatching()
    clearTimeout(this.repost)
    this.uploads.close()
    this.outbox.close()
    this.link.close()
    this.files.close()
  }

  /** Hears every event (each once, in order) and signal after the store has taken it. Returns how to stop. */
  listen(listener: (frame: Push) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  timeline(room: string): Timeline {
    let timeline = this.timelines.get(room)
    if (timeline === undefined)
      timeline = new Timeline(
        (place) => this.ask('room.history', { room, ...place }),
        (messages) => this.seen(messages),
      )
    // The map keeps the order of use; the one that was not looked at for longest goes.
    this.timelines.delete(room)
    this.timelines.set(room, timeline)
    if (this.timelines.size > KEPT_TIMELINES)
      this.timelines.delete(this.timelines.keys().next().value as string)
    return timeline
  }

  /** Shows at once, and sends when there is a connection and the files of the tray are uploaded. */
  send(message: NewMessage, tray: string | null = null): OutboxEntry {
    const nonce = newNonce()
    const files = tray === null ? 0 : this.uploads.move(tray, nonce)
    return this.outbox.send({ ...message, nonce, files })
  }

  private async post(message: PostMessage): Promise<Posted> {
    try {
      const posted = await this.ask('message.post', message)
      // Its event was applied before the answer, or by an earlier run: it does not come again.
      const { cursor } = this.store
      if (cursor !== null && posted.position <= cursor.position)
        this.settle(message.room, message.nonce as string)
      return posted
    } catch (error) {
      if (error instanceof Lost) this.unanswered()
      throw error
    }
  }

  /** Takes what was posted from the outbox; if its room is being loaded, with the page that has it. */
  private settle(room: string, nonce: string): void {
    const timeline = this.timelines.get(room)
    const there = timeline === undefined || !(timeline.stale.peek() || timeline.loading.peek() === 'start')
    if (there) this.outbox.confirm(nonce)
    else setTimeout(() => this.outbox.confirm(nonce), LOADED_MS)
  }

  /** An answer did not come in time. If the connection is a good one nevertheless, nothing else sends it again. */
  private unanswered(): void {
    clearTimeout(this.repost)
    this.repost = setTimeout(() => {
      if (this.status.peek().state === 'open') this.outbox.drain()
    }, REPOST_MS)
  }

  /** Own messages that a page of history has are not under way any more. */
  private seen(messages: readonly Message[]): void {
    for (const { by, nonce } of messages) if (nonce !== null && by === this.me) this.outbox.confirm(nonce)
  }

  edit(room: string, message: Message, text: string): Promise<unknown> {
    return this.ask('message.edit', { room, seq: message.seq, text })
  }

  /** Shown at once. What the server could not be told is told it with the next connection. */
  async markRead(room: string, seq: number): Promise<void> {
    const known = this.store.rooms.get(room)
    if (known === undefined || known.read >= seq) return
    this.marks.set(room, seq)
    try {
      await this.unread.marking(room, seq, this.ask('read.mark', { room, seq }))
    } catch (error) {
      if (error instanceof Lost) return
      this.marks.delete(room)
      throw error
    }
    if (this.marks.get(room) === seq) this.marks.delete(room)
  }

  /** Lists a room that one is in but that no event told of: a direct room that was opened, say. */
  showRoom(id: string): Promise<void> {
    return this.following.showRoom(id)
  }

  /** All that is known, as plain data; null before the first session. */
  kept(): Kept | null {
    const { lastOpened, store } = this
    const account = store.account.peek()
    if (lastOpened === null || account === null || store.cursor === null) return null
    return {
      opened: {
        ...lastOpened,
        ...store.cursor,
        hash: store.cursor.hash ?? '', // none is only known of an event that came without one
        account,
        spaces: store.spaces.list(),
        rooms: store.rooms.list(),
        resumed: false,
      },
      counted: this.unread.snapshot(),
      preferences: store.preferences.peek(),
      subscriptions: store.subscriptions.list(),
      blocked: [...store.blocked.peek()],
      profiles: this.people.profiles.list().slice(-KEPT_PROFILES),
    }
  }

  /** The newest messages of the rooms that are loaded up to their newest message. */
  keptTimelines(): KeptTimeline[] {
    const found: KeptTimeline[] = []
    for (const [room, timeline] of this.timelines) {
      const head = this.store.rooms.get(room)?.head
      const kept = head === undefined ? null : timeline.kept(KEPT_MESSAGES)
      if (kept !== null) found.push({ room, head: head as number, ...kept })
    }
    return found
  }

  /** Whether this tab has the connection; without other tabs it does. */
  get leads(): boolean {
    return this.link.leads?.peek() ?? true
  }

  /** Whether anything would be lost with the page. */
  get busy(): boolean {
    return this.outbox.all.peek().length > 0 || this.uploads.fragile
  }

  private take({ opened, counted, preferences, subscriptions, blocked, profiles }: Kept): void {
    batch(() => {
      this.lastOpened = opened
      this.store.opened(opened)
      this.unread.opened(opened.rooms, counted)
      this.store.preferences.value = preferences
      this.store.subscriptions.replace(subscriptions.map((one) => [one.room, one]))
      this.store.blocked.value = new Set(blocked)
      for (const profile of profiles) this.people.profiles.set(profile.account, profile)
    })
  }

  /** Another tab, which holds the connection, says how things stand. */
  private restore(kept: Kept): void {
    const before = this.store.cursor
    const { epoch, position } = kept.opened
    const gap = before?.epoch !== epoch || before.position !== position
    this.take(kept)
    if (gap) this.outdate()
    this.live.value = true
    this.people.reload() // what others changed about themselves, no event tells
  }

  private opened(opened: SessionOpened): void {
    this.lastOpened = opened
    this.store.opened(opened)
    this.unread.opened(opened.rooms)
    for (const profile of profilesOf(opened)) this.people.profiles.set(profile.account, profile)
    if (!opened.resumed) this.outdate()
    this.live.value = true
  }

  /** Requests can be asked again. */
  private ready(): void {
    for (const [room, seq] of this.marks) void this.markRead(room, seq).catch(() => undefined)
    this.following.ready()
    this.people.again()
    this.emoji.again()
    this.takeUp()
  }

  /** What an earlier run left, or a tab that is gone. */
  private takeUp(): void {
    void this.outbox.restore()
    void this.uploads.restore()
  }

  /** What is loaded may have gaps. */
  private outdate(): void {
    for (const timeline of this.timelines.values()) timeline.outdate()
    this.people.reload()
    this.emoji.outdate()
  }

  private heard(frames: readonly Push[]): void {
    batch(() => {
      for (const frame of frames) {
        try {
          this.hear(frame)
        } catch (error) {
          // A later version may send what this one misunderstands: it costs that frame, not the connection.
          console.error(error)
        }
      }
    })
  }

  private hear(frame: Push): void {
    if ('signal' in frame) this.hearSignal(frame)
    else if (this.store.advance(frame)) this.hearEvent(frame)
    else return
    for (const listener of this.listeners) listener(frame)
  }

  private hearEvent(event: EventFrame): void {
    const [kind, id] = splitStream(event.stream)
    const known = kind !== 'room' || this.store.rooms.get(id) !== undefined
    if (kind === 'room') this.unread.apply(id, event, this.me)
    this.store.apply(event)
    this.emoji.apply(event)
    if (kind === 'room') {
      this.timelines.get(id)?.apply(event)
      const { nonce } = event.data
      if (event.event === 'message.posted' && event.by === this.me && typeof nonce === 'string')
        this.outbox.confirm(nonce)
    }
    this.following.follow(kind, id, event, known)
  }

  private hearSignal(frame: SignalFrame): void {
    const [kind, id] = splitStream(frame.stream)
    this.store.signal(frame)
    if (kind === 'account' && frame.signal === 'presence') {
      const { state, last_seen } = frame.data as { state: 'online'; last_seen: number | null }
      this.people.presences.set(id, { account: id, state, last_seen })
    }
    if (frame.signal === 'read.marked') this.unread.marked(id, Number(frame.data.seq))
  }
}

function profilesOf({ account }: SessionOpened): ResultOf<'profile.list'>['profiles'] {
  const { id, name, display_name, about, avatar, bot, disabled, deleted } = account
  return [{ account: id, name, display_name, about, avatar, bot, disabled, deleted }]
}
