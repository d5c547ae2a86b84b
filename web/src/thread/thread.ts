/** A thread as it is shown: its root and its replies, kept true by the room's events. */

import { batch, signal } from '@preact/signals-core'
import type { Chat } from '../data/chat'
import type { EventFrame } from '../data/connection'
import { changed, posted, replied, unreplied } from '../data/messages'
import type { Message } from '../wire/contract'
import { noteFollowing } from './following'

const PAGE = 100

export class Thread {
  readonly root = signal<Message | null>(null)
  readonly replies = signal<readonly Message[]>([])
  readonly moreBefore = signal(false)
  readonly problem = signal<Error | null>(null)
  /** What came since the page that is on its way was asked for; null when none is. */
  private heard: EventFrame[] | null = null
  private turn = 0
  private readonly stop: () => void
  private readonly stopStatus: () => void

  constructor(
    private readonly chat: Chat,
    private readonly room: string,
    private readonly seq: number,
  ) {
    this.stop = chat.listen((frame) => {
      if ('event' in frame && frame.stream === `room/${room}`) this.apply(frame)
    })
    // Also after a gap: whatever was missed is in the newest page.
    this.stopStatus = chat.status.subscribe((status) => {
      if (status.state === 'open') void this.load(null)
    })
  }

  close(): void {
    this.stop()
    this.stopStatus()
  }

  /** After it could not be loaded. */
  reload(): Promise<void> {
    return this.load(null)
  }

  loadBefore(): Promise<void> {
    return this.load(this.replies.peek()[0]?.seq ?? null)
  }

  private async load(before: number | null): Promise<void> {
    this.problem.value = null
    const mine = ++this.turn
    this.heard = []
    try {
      const page = await this.chat.ask('thread.history', {
        room: this.room,
        seq: this.seq,
        before,
        limit: PAGE,
      })
      if (mine !== this.turn) return
      const heard = this.heard ?? []
      this.heard = null
      batch(() => {
        this.root.value = page.root
        noteFollowing(this.chat, this.room, page.root, page.following)
        const loaded = before === null ? page.messages : [...page.messages, ...this.replies.peek()]
        this.replies.value = unique(loaded)
        this.moreBefore.value = page.more_before
        for (const event of heard) this.apply(event)
      })
    } catch (error) {
      if (mine === this.turn) {
        this.heard = null
        this.problem.value = error as Error
      }
    }
  }

  /** Whoever writes in a thread follows it from then on, unless they have ever unfollowed it. */
  private async askFollowing(): Promise<void> {
    const about = { room: this.room, seq: this.seq, limit: 1 }
    try {
      const { root, following } = await this.chat.ask('thread.history', about)
      noteFollowing(this.chat, this.room, root, following)
    } catch {
      // What was known is shown; the next page says it.
    }
  }

  /** What a page that was read later than the event knows already changes nothing. */
  private apply(event: EventFrame): void {
    this.heard?.push(event)
    const root = this.root.peek()
    if (root === null) return
    if (event.event === 'message.posted') {
      if (event.data.thread !== root.seq) return
      const replies = this.replies.peek()
      if (replies.some(({ seq }) => seq === event.seq)) return // and the root has counted it
      this.replies.value = unique([...replies, posted(event)])
      this.root.value = replied(root, event.at)
      if (event.by === this.chat.me) void this.askFollowing()
      return
    }
    let now = changed(root, event) ?? root
    this.replies.value = this.replies.peek().map((reply) => {
      const after = changed(reply, event) ?? reply
      if (after.deleted && !reply.deleted) now = unreplied(now)
      return after
    })
    this.root.value = now
  }
}

/** In their order, each once: an event may come while a page that has it is on its way. */
function unique(messages: readonly Message[]): readonly Message[] {
  return [...new Map(messages.map((message) => [message.seq, message])).values()].sort(
    (a, b) => a.seq - b.seq,
  )
}
