/**
 * Messages that a person has sent and the server has not yet confirmed. Each has a nonce, so that it is posted once
 * however often it is sent. Entries outlive the page: they are kept in an `OutboxShelf`.
 */

import { computed, type ReadonlySignal } from '@preact/signals-core'
import type { Posted, PostMessage } from '../wire/contract'
import { Leftovers } from './leftovers'
import { nonce } from './nonce'
import { type Failure, failure, Lost, Refused } from './refusal'
import { Table } from './table'

export interface OutboxEntry {
  readonly nonce: string
  readonly room: string
  readonly text: string
  readonly reply_to: number | null
  readonly attachments: readonly string[]
  readonly expires_in: number | null
  /** How many files of `Uploads` go with it; `attachments` are their ids when all are uploaded. */
  readonly files?: number
  /** When the person sent it, Unix milliseconds by this machine's clock. */
  readonly at: number
  /** `waiting` for a connection; `sending`; `sent` until the event comes; `failed`: the server refused it. */
  readonly state: 'waiting' | 'sending' | 'sent' | 'failed'
  /** Why it failed, or has to wait, for people. */
  readonly error: Failure | null
}

/** Where entries are kept over reloads. A shelf that cannot keep them does nothing. */
export interface OutboxShelf {
  put(entry: OutboxEntry): void
  remove(nonce: string): void
  all(): Promise<readonly OutboxEntry[]>
  /** Tells when another tab is gone that had something here. Returns how to stop. */
  watch(left: () => void): () => void
}

/** A longer wait than this is told instead: a day's quota that is used up, say. */
const LONGEST_WAIT_S = 120

export type Post = (data: PostMessage) => Promise<Posted>
export type NewMessage = Pick<OutboxEntry, 'room' | 'text'> &
  Partial<Pick<OutboxEntry, 'nonce' | 'reply_to' | 'attachments' | 'expires_in' | 'files'>>

/** The files of entries, by nonce. */
export interface OutboxFiles {
  /** Their ids, once all are uploaded. */
  ready(nonce: string): readonly string[] | null
  /** The entry is gone, and they with it. */
  clear(nonce: string): void
}

const NO_FILES: OutboxFiles = { ready: () => null, clear: () => undefined }

export class Outbox {
  private readonly entries = new Table<OutboxEntry>()
  private readonly leftovers: Leftovers<OutboxEntry>
  private closed = false
  /** Rooms for which the server asked to wait. */
  private readonly waits = new Map<string, ReturnType<typeof setTimeout>>()

  constructor(
    private readonly post: Post,
    private readonly shelf: OutboxShelf,
    private readonly newNonce: () => string = nonce,
    private readonly files: OutboxFiles = NO_FILES,
  ) {
    this.leftovers = new Leftovers(shelf, (...left) => this.takeUp(...left))
  }

  /** A room's entries, oldest first, to be watched. */
  of(room: string): ReadonlySignal<readonly OutboxEntry[]> {
    return computed(() => {
      void this.entries.version.value
      return this.listed(room)
    })
  }

  /** Those of all rooms. */
  get all(): ReadonlySignal<readonly OutboxEntry[]> {
    return computed(() => this.entries.all())
  }

  /** Takes up what an earlier run of the client left, or a tab that is gone, and sends what waits. */
  restore(): Promise<void> {
    return this.leftovers.restore()
  }

  private takeUp(left: readonly OutboxEntry[], gone: ReadonlySet<string>, first: boolean): void {
    const early = first ? this.entries.list() : []
    for (const entry of left) {
      if (gone.has(entry.nonce)) this.shelf.remove(entry.nonce)
      else if (this.entries.get(entry.nonce) === undefined)
        this.entries.set(entry.nonce, entry.state === 'failed' ? entry : { ...entry, state: 'waiting' })
    }
    // What was written before this was known comes behind it, whatever the clock says.
    for (const entry of early) this.keep({ ...entry, at: this.now() })
    this.drain()
  }

  send(message: NewMessage): OutboxEntry {
    const entry: OutboxEntry = {
      reply_to: null,
      attachments: [],
      expires_in: null,
      nonce: this.newNonce(),
      ...message,
      at: this.now(),
      state: 'waiting',
      error: null,
    }
    this.keep(entry)
    this.pump(entry.room)
    return entry
  }

  /** Sends again what was refused, with the same nonce. */
  retry(nonce: string): void {
    const entry = this.entries.get(nonce)
    if (entry === undefined || entry.state !== 'failed') return
    this.keep({ ...entry, state: 'waiting', error: null })
    this.pump(entry.room)
  }

  discard(nonce: string): void {
    const entry = this.entries.get(nonce)
    this.leftovers.forget(nonce)
    this.entries.delete(nonce)
    this.shelf.remove(nonce)
    if (entry?.files) this.files.clear(nonce)
  }

  /** An own message is seen to stand in the room: its event came, or a page of history that has it. */
  confirm(nonce: string): void {
    this.leftovers.forget(nonce)
    if (this.entries.get(nonce) !== undefined) this.discard(nonce)
  }

  /**
   * A connection is open: sends what waits, in the order in which it was written. What is sent and was not seen in
   * its room is sent again too: the answer says where it stands.
   */
  drain(): void {
    for (const entry of this.entries.list())
      if (entry.state === 'sent') this.keep({ ...entry, state: 'waiting' })
    this.pumpAll()
  }

  /** Files have come to their end: what waited for them may go. */
  pumpAll(): void {
    for (const room of new Set(this.entries.list().map((entry) => entry.room))) this.pump(room)
  }

  /**
   * Sends a room's next message. One at a time: what is refused for now would let later ones overtake it. Only what
   * waits for its files is overtaken, so that a film holds up no talk.
   */
  private pump(room: string): void {
    // What an earlier run has left goes first.
    if (this.closed || this.leftovers.awaited || this.waits.has(room)) return
    const entries = this.listed(room)
    if (entries.some((entry) => entry.state === 'sending')) return
    for (const entry of entries) {
      const attachments = entry.state === 'waiting' ? this.attachmentsOf(entry) : null
      if (attachments !== null) return void this.deliver({ ...entry, attachments })
    }
  }

  /** In the order in which they were written. */
  private listed(room: string): OutboxEntry[] {
    const all = this.entries.list().filter((entry) => entry.room === room)
    return all.sort((one, other) => one.at - other.at)
  }

  /** Later than all that waits, also when the clock was set back. */
  private now(): number {
    return this.entries.list().reduce((newest, { at }) => Math.max(newest, at + 1), Date.now())
  }

  private attachmentsOf({ nonce, attachments, files = 0 }: OutboxEntry): readonly string[] | null {
    if (attachments.length >= files) return attachments
    const ids = this.files.ready(nonce)
    return ids?.length === files ? ids : null
  }

  /** The page, or the account, goes: nothing more is sent. */
  close(): void {
    this.closed = true
    for (const timer of this.waits.values()) clearTimeout(timer)
  }

  private async deliver(entry: OutboxEntry): Promise<void> {
    const { nonce, room, text, reply_to, attachments, expires_in } = entry
    this.keep({ ...entry, state: 'sending', error: null })
    try {
      await this.post({ room, text, nonce, reply_to, attachments, expires_in })
      this.move(nonce, { state: 'sent', error: null })
    } catch (error) {
      // Without a connection nothing is tried: `drain` comes when there is one.
      if (error instanceof Lost) {
        this.move(nonce, { state: 'waiting' })
        return
      }
      const wait = error instanceof Refused ? error.retryAfter : null
      if (wait !== null && wait <= LONGEST_WAIT_S) {
        this.move(nonce, { state: 'waiting', error: failure(error) })
        this.pumpIn(wait, room)
        return
      }
      this.move(nonce, { state: 'failed', error: failure(error) })
    }
    this.pump(room)
  }

  /** No newer message of the room goes before. Others do: it may be in slow mode, and no rate of the account's. */
  private pumpIn(seconds: number, room: string): void {
    const goOn = () => {
      this.waits.delete(room)
      this.pump(room)
    }
    this.waits.set(room, setTimeout(goOn, seconds * 1000 + Math.random() * 500))
  }

  private keep(entry: OutboxEntry): void {
    // The account may be signed out, and what it left wiped: nothing is written after that.
    if (this.closed) return
    this.entries.set(entry.nonce, entry)
    this.shelf.put(entry)
  }

  private move(nonce: string, fields: Partial<OutboxEntry>): void {
    const entry = this.entries.get(nonce)
    if (entry !== undefined) this.keep({ ...entry, ...fields })
  }
}
