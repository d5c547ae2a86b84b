/**
 * The part of a room's history that is loaded: a window of at most `WINDOW` messages that grows at the end towards
 * which somebody reads and is trimmed at the other.
 *
 * While it reaches the newest message (`moreAfter` is false) it is live: new messages are added to it.
 */

import { batch, signal } from '@preact/signals-core'
import type { Message, MessagePage, Requests } from '../wire/contract'
import type { EventFrame } from './connection'
import type { KeptTimeline } from './kept'
import { changed, countsReply, posted, replied, unreplied } from './messages'

export const WINDOW = 300
/** Messages that are loaded at once; a window on a tall screen shows fewer. */
export const PAGE = 40

/** Messages that are kept of a timeline that is not shown. */
const RESTING = 100

type HistoryPlace = Pick<Requests['room.history']['data'], 'before' | 'after' | 'around'>
export type AskHistory = (place: HistoryPlace & { limit: number }) => Promise<MessagePage>
type End = 'start' | 'before' | 'after'

export class Timeline {
  readonly messages = signal<readonly Message[]>([])
  readonly moreBefore = signal(true)
  readonly moreAfter = signal(false)
  /** Which end is being loaded; `start` when all is. */
  readonly loading = signal<End | null>(null)
  readonly error = signal<Error | null>(null)
  /** Nothing is loaded yet, or what was loaded may have gaps and must be loaded anew. */
  readonly stale = signal(true)
  /** Whoever shows the timeline says whether its end is in sight; then new messages push old ones out. */
  atEnd = true
  /** Where the reader was who left it, if that was not the end: a row, and its distance from the upper edge. */
  left: { readonly seq: number; readonly offset: number } | null = null
  /** What came since the page that is on its way was asked for. */
  private heard: EventFrame[] = []
  private lastKept: { of: readonly Message[]; newest: readonly Message[] } = { of: [], newest: [] }
  /** Which loading is the newest; what older ones bring is thrown away. */
  private turn = 0

  /** `loaded` hears of each page as it is taken, in the same batch. */
  constructor(
    private readonly history: AskHistory,
    private readonly loaded: (messages: readonly Message[]) => void = () => undefined,
  ) {}

  /** Loads around `seq`, or the newest messages, in place of what is loaded. */
  open(around: number | null = null): Promise<void> {
    return this.load('start', around === null ? {} : { around }, (page) => {
      this.messages.value = page.messages
      this.moreBefore.value = page.more_before
      this.moreAfter.value = page.more_after
      this.stale.value = false
    })
  }

  async loadBefore(): Promise<void> {
    const first = this.messages.peek()[0]
    if (first === undefined || !this.moreBefore.peek() || this.loading.peek() !== null) return
    await this.load('before', { before: first.seq }, (page) => {
      const all = [...page.messages, ...this.messages.peek()]
      this.messages.value = all.slice(0, WINDOW)
      this.moreBefore.value = page.more_before
      if (all.length > WINDOW) this.moreAfter.value = true
    })
  }

  async loadAfter(): Promise<void> {
    const last = this.messages.peek().at(-1)
    if (last === undefined || !this.moreAfter.peek() || this.loading.peek() !== null) return
    await this.load('after', { after: last.seq }, (page) => {
      const all = [...this.messages.peek(), ...page.messages]
      this.messages.value = all.slice(-WINDOW)
      this.moreAfter.value = page.more_after
      if (all.length > WINDOW) this.moreBefore.value = true
    })
  }

  /** An event of the room, in order. */
  apply(event: EventFrame): void {
    if (this.loading.peek() !== null) this.heard.push(event)
    if (this.stale.peek()) return
    if (event.event === 'message.posted') this.add(event)
    else this.messages.value = withChange(this.messages.peek(), event)
  }

  /** It is shown no more: keeps what stands around `left`, or at the end, so that it is there again at once. */
  rest(): void {
    const messages = this.messages.peek()
    if (messages.length <= RESTING) return
    if (this.loading.peek() !== 'start') {
      this.turn += 1 // a page that is on its way would not fit any more
      this.loading.value = null
    }
    const at = this.left === null ? messages.length : messages.findIndex(({ seq }) => seq >= this.left!.seq)
    const from = Math.max(0, Math.min(at - RESTING / 2, messages.length - RESTING))
    this.messages.value = messages.slice(from, from + RESTING)
    if (from > 0) this.moreBefore.value = true
    if (from + RESTING < messages.length) this.moreAfter.value = true
  }

  /** Shows nothing until something else is loaded. */
  clear(): void {
    this.messages.value = []
    this.stale.value = true
  }

  /** What is loaded may miss events: it is kept on screen until `open` brings what is true. */
  outdate(): void {
    this.stale.value = true
  }

  find(seq: number): Message | undefined {
    return this.messages.peek()[placeOf(this.messages.peek(), seq)]
  }

  /** Takes what an earlier run of the client had seen. It is true as long as the room has had no event since. */
  restore(kept: Pick<KeptTimeline, 'head' | 'messages' | 'moreBefore'>, head: number | undefined): void {
    this.messages.value = kept.messages
    this.moreBefore.value = kept.moreBefore
    this.stale.value = kept.head !== head
  }

  /** The newest messages, if all up to the newest are loaded. */
  kept(most: number): Pick<KeptTimeline, 'messages' | 'moreBefore'> | null {
    if (this.stale.peek() || this.moreAfter.peek() || this.loading.peek() === 'start') return null
    const messages = this.messages.peek()
    // The same array as long as nothing changes, so that it need not be kept again.
    if (messages !== this.lastKept.of)
      this.lastKept = { of: messages, newest: messages.length > most ? messages.slice(-most) : messages }
    return {
      messages: this.lastKept.newest,
      moreBefore: this.moreBefore.peek() || messages.length > most,
    }
  }

  private async load(end: End, place: HistoryPlace, take: (page: MessagePage) => void): Promise<void> {
    this.turn += 1
    const { turn } = this
    this.loading.value = end
    this.error.value = null
    this.heard = []
    try {
      const page = await this.history({ ...place, limit: PAGE })
      if (turn === this.turn)
        batch(() => {
          take(caughtUp(page, this.heard))
          this.loaded(page.messages)
        })
    } catch (error) {
      if (turn === this.turn) this.error.value = error as Error
    } finally {
      if (turn === this.turn) {
        this.heard = []
        this.loading.value = null
      }
    }
  }

  private add(event: EventFrame): void {
    const messages = this.messages.peek()
    let all = withReply(messages, event)
    if (!this.moreAfter.peek() && (messages.at(-1)?.seq ?? 0) < event.seq) {
      if (all.length < WINDOW) all = [...all, posted(event)]
      else if (this.atEnd) {
        all = [...all.slice(1 - WINDOW), posted(event)]
        this.moreBefore.value = true
      } else this.moreAfter.value = true
    }
    if (all !== messages) this.messages.value = all
  }
}

/**
 * A page as it is after the events that came since it was asked for. It may have been read before or after each of
 * them, so what it knows already changes nothing.
 */
function caughtUp(page: MessagePage, heard: readonly EventFrame[]): MessagePage {
  let { messages } = page
  for (const event of heard) {
    if (event.event === 'message.posted') {
      messages = withReply(messages, event)
      if (!page.more_after && event.seq > (messages.at(-1)?.seq ?? 0)) messages = [...messages, posted(event)]
    } else messages = withChange(messages, event)
  }
  return { ...page, messages }
}

/** One more reply in its thread, unless the page that brought its first message has counted it. */
function withReply(messages: readonly Message[], event: EventFrame): readonly Message[] {
  const root = event.data.thread as number | undefined
  if (root === undefined) return messages
  return withMessage(messages, root, (one) => (countsReply(one, event.at) ? one : replied(one, event.at)))
}

function withChange(messages: readonly Message[], event: EventFrame): readonly Message[] {
  let gone: Message | null = null
  const after = withMessage(messages, event.data.seq as number, (one) => {
    if (event.event === 'message.deleted' && !one.deleted) gone = one
    return changed(one, event) ?? one
  })
  return gone === null ? after : withoutReply(after, gone)
}

/** A deleted reply does not count in its thread. */
function withoutReply(messages: readonly Message[], reply: Message): readonly Message[] {
  if (reply.reply_to === null) return messages
  return withMessage(messages, rootOf(messages, reply), (one) => (one.thread === null ? one : unreplied(one)))
}

/** The first message of a reply's thread, as far as these messages know. */
export function rootOf(messages: readonly Message[], reply: Message): number {
  let root = reply
  while (root.reply_to !== null) {
    const parent = messages[placeOf(messages, root.reply_to)]
    if (parent === undefined) return root.reply_to
    root = parent
  }
  return root.seq
}

function withMessage(
  messages: readonly Message[],
  seq: number,
  change: (message: Message) => Message,
): readonly Message[] {
  const at = placeOf(messages, seq)
  const before = messages[at]
  if (before === undefined) return messages
  const after = change(before)
  return after === before ? messages : messages.with(at, after)
}

function placeOf(messages: readonly Message[], seq: number): number {
  let low = 0
  let high = messages.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = (messages[middle] as Message).seq
    if (found === seq) return middle
    if (found < seq) low = middle + 1
    else high = middle - 1
  }
  return -1
}
