/**
 * What a person has begun to write: at once on this device, soon after on the server, and so on their other devices.
 */

import { type ReadonlySignal, type Signal, signal } from '@preact/signals-core'
import type { Draft } from '../wire/contract'
import { Refused } from './refusal'

export interface KeptDraft {
  readonly text: string
  /** Whether the server has it: then what the server says later counts more. */
  readonly saved: boolean
  /** Of when the server's draft is that this one was made from; none: it had none that was known here. */
  readonly base?: number
  /** What was last sent to the server from here: that it has this is no news, even if its answer was lost. */
  readonly sent?: string
}

/** Each draft stands by itself, so that two tabs do not write over each other's. */
export interface DraftShelf {
  all(): Readonly<Record<string, KeptDraft>>
  put(key: string, draft: KeptDraft): void
  remove(key: string): void
}

/** `base`: of when the draft of the server is that this one was made from; null: of none. */
export type SaveDraft = (draft: {
  room: string
  thread: number | null
  text: string
  base: number | null
}) => Promise<unknown>
/** What a device says of a draft that it saved. */
export type SavedDraft = Draft & { readonly base?: number | undefined }

const SAVE_MS = 1_500
/** So long after the last key somebody still edits: until then nothing from elsewhere changes the field. */
const EDITING_MS = 30_000

export class Drafts {
  private readonly texts = new Map<string, Signal<string>>()
  /** Changed here and not yet on the server. */
  private readonly unsaved = new Map<string, ReturnType<typeof setTimeout> | undefined>()
  private readonly bases = new Map<string, number>()
  private readonly sent = new Map<string, string>()
  /** When the last key was pressed in what is neither sent nor taken from elsewhere since; Unix milliseconds. */
  private readonly touched = new Map<string, number>()
  /** Here stands another text than the one that another device has saved last. */
  private readonly apart = new Set<string>()

  constructor(
    private readonly save: SaveDraft,
    private readonly shelf: DraftShelf,
  ) {
    for (const [key, { text, saved, base, sent }] of Object.entries(shelf.all())) {
      this.text(key).value = text
      if (base !== undefined) this.bases.set(key, base)
      if (sent !== undefined) this.sent.set(key, sent)
      if (!saved) this.unsaved.set(key, undefined)
    }
  }

  of(room: string, thread: number | null): ReadonlySignal<string> {
    return this.text(keyOf(room, thread))
  }

  write(room: string, thread: number | null, text: string): void {
    const key = keyOf(room, thread)
    if (this.text(key).peek() === text) return
    this.text(key).value = text
    clearTimeout(this.unsaved.get(key))
    if (text === '') this.touched.delete(key)
    else this.touched.set(key, Date.now())
    if (this.apart.delete(key) && text === '') {
      // What the server has is the other device's, and goes on there.
      this.unsaved.delete(key)
      this.keep(key)
      return
    }
    // It was sent or thrown away: the page may go next, and other devices are not to show it any longer.
    const timer = text === '' ? undefined : setTimeout(() => void this.store(key), SAVE_MS)
    this.unsaved.set(key, timer)
    this.keep(key)
    if (timer === undefined) void this.store(key)
  }

  /** Another device wrote: taken unless something newer is being written here. Or it is what was sent from here. */
  take(draft: SavedDraft): void {
    const key = keyOf(draft.room, draft.thread)
    if (this.apart.has(key) && draft.text === this.text(key).peek()) {
      this.apart.delete(key)
      this.unsaved.delete(key)
    }
    if (!this.unsaved.has(key)) {
      if (this.holds(key, draft)) this.part(key)
      else this.adopt(key, draft)
    } else if (draft.text === this.sent.get(key)) {
      this.bases.set(key, draft.at)
      this.keep(key)
    }
  }

  /** Somebody has left the field: they may go on with it on another device. */
  leave(room: string, thread: number | null): void {
    const key = keyOf(room, thread)
    if (this.touched.has(key)) this.touched.set(key, Number.NEGATIVE_INFINITY)
  }

  /** What the server has, after a session was opened. What it does not name was sent or thrown away elsewhere. */
  load(drafts: readonly Draft[]): void {
    const named = new Set(drafts.map(({ room, thread }) => keyOf(room, thread)))
    for (const draft of drafts) this.meet(draft)
    for (const [key, text] of this.texts) {
      if (named.has(key) || this.unsaved.has(key) || text.peek() === '') continue
      if (this.holds(key, { text: '' })) {
        this.unsaved.set(key, undefined)
        continue
      }
      text.value = ''
      this.keep(key)
    }
    this.flush()
  }

  /** Saves at once what is unsaved: the page may be going. */
  flush(): void {
    for (const key of this.unsaved.keys()) if (!this.apart.has(key)) void this.store(key)
  }

  /** Of an unsaved draft and one that another device has saved since, nothing that was written is lost. */
  private meet(draft: Draft): void {
    const key = keyOf(draft.room, draft.thread)
    const own = this.text(key).peek()
    if (!this.unsaved.has(key) && this.holds(key, draft)) this.unsaved.set(key, undefined)
    this.apart.delete(key) // both are put together now
    const known = draft.at <= (this.bases.get(key) ?? 0) || draft.text === this.sent.get(key)
    if (!this.unsaved.has(key) || (!known && draft.text.includes(own))) this.adopt(key, draft)
    else {
      if (!known && !own.includes(draft.text)) this.text(key).value = `${draft.text}\n\n${own}`
      this.bases.set(key, Math.max(draft.at, this.bases.get(key) ?? 0))
      this.keep(key)
    }
  }

  /** Whether what was written here stays, whatever another device has saved: nobody loses what they type. */
  private holds(key: string, { text: theirs, base }: Pick<SavedDraft, 'text' | 'base'>): boolean {
    const own = this.text(key).peek()
    const at = this.touched.get(key)
    if (at === undefined || own === '' || own === theirs) return false
    if (Date.now() - at < EDITING_MS) return true
    // It was sent there, or gone on with from what stands here.
    return theirs !== '' && (base === undefined || base !== this.bases.get(key))
  }

  /** Two devices write different texts: each goes on with its own. The next session puts them together. */
  private part(key: string): void {
    this.unsaved.set(key, undefined)
    this.apart.add(key)
    this.keep(key)
  }

  private adopt(key: string, { text, at }: Draft): void {
    clearTimeout(this.unsaved.get(key))
    this.unsaved.delete(key)
    if (text !== this.text(key).peek()) this.touched.delete(key)
    this.text(key).value = text
    this.bases.set(key, at)
    this.sent.delete(key)
    this.keep(key)
  }

  private async store(key: string): Promise<void> {
    clearTimeout(this.unsaved.get(key))
    const text = this.text(key).peek()
    const [room, thread] = parsed(key)
    // After an end the text before it still counts: the answer to that may have been lost.
    if (text !== '') this.sent.set(key, text)
    try {
      await this.save({ room, thread, text, base: this.bases.get(key) ?? null })
    } catch (error) {
      // It stays unsaved, and is tried with the next session: it may be too long as yet. But not in a room that is gone.
      if (!(error instanceof Refused) || error.code !== 'not_found') return
      this.touched.delete(key)
    }
    // Typed further meanwhile: a timer runs for that.
    if (this.text(key).peek() !== text) return
    this.unsaved.delete(key)
    this.keep(key)
  }

  private text(key: string): Signal<string> {
    let text = this.texts.get(key)
    if (text === undefined) {
      text = signal('')
      this.texts.set(key, text)
    }
    return text
  }

  private keep(key: string): void {
    const text = this.text(key).peek()
    const saved = !this.unsaved.has(key)
    const base = this.bases.get(key)
    const sent = this.sent.get(key)
    // That a draft is gone is kept too, until the server knows.
    if (text === '' && saved) this.shelf.remove(key)
    else
      this.shelf.put(key, {
        text,
        saved,
        ...(base !== undefined && { base }),
        ...(sent !== undefined && { sent }),
      })
  }
}

function keyOf(room: string, thread: number | null): string {
  return `${room}/${thread ?? ''}`
}

function parsed(key: string): [room: string, thread: number | null] {
  const slash = key.lastIndexOf('/')
  const thread = key.slice(slash + 1)
  return [key.slice(0, slash), thread === '' ? null : Number(thread)]
}
