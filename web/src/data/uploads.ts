/**
 * The files that a person has chosen for messages: each is brought to the server at once, goes on after a broken
 * connection, and, as far as the browser keeps it, after a reload.
 *
 * A file lies in a place: in the tray of a field (`trayOf`), or with a message of the outbox (its nonce).
 */

import { batch, computed, type ReadonlySignal } from '@preact/signals-core'
import type { FileUsage } from '../wire/contract'
import { Leftovers } from './leftovers'
import { nonce } from './nonce'
import { type Failure, failure, Lost, Refused } from './refusal'
import { Table } from './table'
import type { UploadOptions } from './upload'

/** The protocol's bound on files of a message. */
export const MOST_FILES = 10
/** So many bytes of files that are under way are kept over a reload; what is beyond is told to be lost then. */
export const KEPT_BYTES = 64 * 1024 * 1024
/** Of the eight that the server takes at once from an account; the others are for its other devices. */
const AT_ONCE = 3
const AGAIN_MS = 15_000

export type Problem =
  | { readonly why: 'too_large'; readonly most: number }
  | { readonly why: 'no_room'; readonly left: number }
  | { readonly why: 'too_many'; readonly until: number }
  /** The page was loaded anew, and the browser had not kept the bytes. */
  | { readonly why: 'bytes_gone' }
  /** It is a folder, or has been changed or deleted since it was chosen. */
  | { readonly why: 'unreadable' }
  | { readonly why: 'refused'; readonly failure: Failure }

export interface Upload {
  readonly key: string
  readonly place: string
  readonly name: string
  readonly type: string
  readonly size: number
  /** When it was chosen, Unix milliseconds. */
  readonly at: number
  /** null: an earlier run had it, and its bytes are gone. */
  readonly file: Blob | null
  /** Where the server takes the rest of it (tus). */
  readonly path: string | null
  /** The id of the file, once the server has all of it. */
  readonly id: string | null
  /** Whether the bytes outlive the page. */
  readonly kept: boolean
  readonly sent: number
  readonly problem: Problem | null
}

export type KeptUpload = Omit<Upload, 'sent' | 'problem' | 'kept'>

/** Where uploads are kept over reloads. `put` says whether the bytes are kept too. */
export interface UploadShelf {
  put(upload: KeptUpload): Promise<boolean>
  remove(key: string): Promise<void>
  all(): Promise<readonly KeptUpload[]>
}

/** Brings a file to the server, and gives its id. */
export type Transfer = (
  file: Blob,
  name: string,
  options: Pick<UploadOptions, 'progress' | 'signal' | 'at' | 'began'>,
) => Promise<string>

export interface Uploading {
  readonly transfer: Transfer
  /** Takes back what the server has of a file that is not wanted any more, and is not whole. */
  abandon(path: string): Promise<void>
  readonly shelf: UploadShelf
}

export type AskUsage = () => Promise<FileUsage>

export class Uploads {
  private readonly all = new Table<Upload>()
  private readonly running = new Map<string, AbortController>()
  /** Broken off by the network; they go on when it is there again. */
  private readonly waiting = new Set<string>()
  private readonly leftovers: Leftovers<KeptUpload>
  private closed = false
  private timer: ReturnType<typeof setTimeout> | undefined

  /** `moved` hears that an upload has come to its end. */
  constructor(
    private readonly uploading: Uploading,
    private readonly usage: AskUsage,
    /** Deletes a file that is whole and was in no message. */
    private readonly erase: (file: string) => Promise<unknown>,
    private readonly moved: () => void,
    private readonly newKey: () => string = nonce,
  ) {
    this.leftovers = new Leftovers(uploading.shelf, (left, gone) => this.takeUp(left, gone))
  }

  /** What lies in a place, the oldest first, to be watched. */
  in(place: string): ReadonlySignal<readonly Upload[]> {
    return computed(() =>
      this.all
        .all()
        .filter((one) => one.place === place)
        .sort((a, b) => a.at - b.at),
    )
  }

  /** Whether a file would be lost with the page. */
  get fragile(): boolean {
    return this.all.list().some(({ kept, id, file }) => !kept && id === null && file !== null)
  }

  /** Whether it is known what an earlier run left. */
  get complete(): ReadonlySignal<boolean> {
    return this.leftovers.known
  }

  /** Takes up what an earlier run of the client left, or a tab that is gone, and goes on with all. */
  restore(): Promise<void> {
    return this.leftovers.restore()
  }

  private takeUp(left: readonly KeptUpload[], gone: ReadonlySet<string>): void {
    for (const one of left) {
      if (this.all.get(one.key) !== undefined || gone.has(one.key)) continue
      const lost = one.file === null && one.id === null
      const sent = one.id === null ? 0 : one.size
      const problem: Problem | null = lost ? { why: 'bytes_gone' } : null
      this.all.set(one.key, { ...one, kept: one.file !== null, sent, problem })
    }
    this.resume()
    this.moved()
  }

  /** Takes files into a place and begins to upload them. False, and none is taken, if they are too many. */
  add(place: string, files: Iterable<File>): boolean {
    const fresh = [...files]
    if (this.list(place).length + fresh.length > MOST_FILES) return false
    batch(() => {
      for (const file of fresh) {
        const key = this.newKey()
        const { name, type, size } = file
        const state = { path: null, id: null, kept: false, sent: 0, problem: null }
        this.all.set(key, { key, place, name, type, size, at: Date.now(), file, ...state })
        void this.keep(key)
      }
    })
    this.next()
    return true
  }

  retry(key: string): void {
    const one = this.all.get(key)
    if (one === undefined || one.problem === null || one.problem.why === 'bytes_gone') return
    this.all.patch(key, { problem: null })
    this.next()
  }

  /** The person takes it out: what the server has of it would count against the account until it runs out. */
  remove(key: string): void {
    const one = this.all.get(key)
    if (one === undefined) return
    this.drop(one)
    if (one.id !== null) void this.erase(one.id).catch(() => undefined)
    else if (one.path !== null) void this.uploading.abandon(one.path).catch(() => undefined)
  }

  /** All of one place go to another: from the tray to a message, or back. Returns how many. */
  move(from: string, to: string): number {
    const all = this.list(from)
    batch(() => {
      for (const { key } of all) {
        this.all.patch(key, { place: to })
        void this.keep(key)
      }
    })
    return all.length
  }

  /** The message is posted, or was thrown away; the files may be in one. */
  clear(place: string): void {
    for (const one of this.list(place)) {
      this.drop(one)
      if (one.id === null && one.path !== null) void this.uploading.abandon(one.path).catch(() => undefined)
    }
  }

  /** The ids of what lies in a place; null while something is under way, or cannot come. */
  ready(place: string): readonly string[] | null {
    if (!this.leftovers.known.peek()) return null
    const ids = this.list(place).map(({ id }) => id)
    return ids.every((id) => id !== null) ? (ids as string[]) : null
  }

  /** Goes on with what the network broke off. */
  private resume(): void {
    this.waiting.clear()
    this.next()
  }

  close(): void {
    this.closed = true
    clearTimeout(this.timer)
    for (const stop of this.running.values()) stop.abort()
  }

  private list(place: string): Upload[] {
    return this.all.list().filter((one) => one.place === place)
  }

  private next(): void {
    for (const one of this.all.list()) {
      if (this.closed || this.running.size >= AT_ONCE) return
      const idle = one.id === null && one.problem === null && !this.waiting.has(one.key)
      if (idle && one.file !== null && !this.running.has(one.key)) void this.run(one.key, one.file)
    }
  }

  private async run(key: string, file: Blob): Promise<void> {
    const stop = new AbortController()
    this.running.set(key, stop)
    const one = this.all.get(key) as Upload
    try {
      const problem = one.path === null ? await this.tooMuch(file.size) : null
      if (problem !== null) this.all.patch(key, { problem })
      else {
        const id = await this.uploading.transfer(file, one.name, {
          signal: stop.signal,
          at: one.path,
          began: (path) => {
            this.all.patch(key, { path })
            void this.keep(key)
          },
          progress: (sent) => this.all.patch(key, { sent }),
        })
        this.all.patch(key, { id, sent: file.size })
        void this.keep(key)
      }
    } catch (error) {
      if (!stop.signal.aborted) await this.failed(key, file.size, error as Error)
    }
    if (this.running.get(key) === stop) this.running.delete(key)
    this.next()
    this.moved()
  }

  private async failed(key: string, size: number, error: Error): Promise<void> {
    const passing = error instanceof Lost || (error instanceof Refused && isPassing(error))
    if (error instanceof DOMException) this.all.patch(key, { problem: { why: 'unreadable' } })
    else if (!passing) {
      // Others may have taken the room since it was asked for.
      const problem = await this.tooMuch(size).catch(() => null)
      this.all.patch(key, { problem: problem ?? { why: 'refused', failure: failure(error) } })
    } else {
      this.waiting.add(key)
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.resume(), AGAIN_MS)
    }
  }

  /** Says before a byte is sent that the server will not take it. */
  private async tooMuch(size: number): Promise<Problem | null> {
    const { bytes, uploads, largest, day_ends_at } = await this.usage()
    if (size > largest) return { why: 'too_large', most: largest }
    const left = bytes.quota === null ? Number.POSITIVE_INFINITY : bytes.quota - bytes.used
    if (size > left) return { why: 'no_room', left: Math.max(0, left) }
    if (uploads.quota !== null && uploads.used >= uploads.quota)
      return { why: 'too_many', until: day_ends_at }
    return null
  }

  private drop({ key }: Upload): void {
    this.running.get(key)?.abort()
    this.running.delete(key)
    this.waiting.delete(key)
    this.all.delete(key)
    this.leftovers.forget(key)
    void this.uploading.shelf.remove(key).catch(() => undefined)
    this.next()
  }

  private async keep(key: string): Promise<void> {
    const one = this.all.get(key)
    if (one === undefined) return
    const { sent: _sent, problem: _problem, kept: _kept, ...upload } = one
    const others = this.all.list().filter((other) => other.key !== key && other.kept && other.id === null)
    const taken = others.reduce((sum, other) => sum + other.size, 0)
    // What the server has is not needed again.
    const fits = one.id === null && taken + one.size <= KEPT_BYTES
    if (fits) this.all.patch(key, { kept: true })
    const kept = await this.uploading.shelf.put(fits ? upload : { ...upload, file: null }).catch(() => false)
    if (this.all.get(key) === undefined) await this.uploading.shelf.remove(key).catch(() => undefined)
    else if (!kept && this.all.get(key)?.id === null) this.all.patch(key, { kept: false })
  }
}

/** The place of the files that go with the next message of a room or a thread. */
export function trayOf(room: string, thread: number | null): string {
  return `${room}/${thread ?? ''}`
}

function isPassing(error: Refused): boolean {
  return error.retryAfter !== null && error.retryAfter < 600
}

/** Nothing is uploaded: for a client without files. */
export const NO_UPLOADING: Uploading = {
  transfer: () => Promise.reject(new Error('no files are uploaded here')),
  abandon: () => Promise.resolve(),
  shelf: { put: async () => false, remove: async () => undefined, all: async () => [] },
}
