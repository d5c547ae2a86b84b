/**
 * Marks read what somebody has seen: messages that stand in the window while the person looks at it. After "mark
 * unread" nothing is marked until the person asks for the newest message or opens the room again.
 */

import { effect, type Signal } from '@preact/signals'
import type { Chat } from '../data/chat'
import type { Timeline } from '../data/timeline'
import { readUpTo } from '../data/unread'
import type { Scroller } from './scroller'
import { looking } from './sight'

/** A marker moves at most this often. */
const EVERY_MS = 800

export class Reading {
  private timer: ReturnType<typeof setTimeout> | undefined
  private told = 0
  private last = 0
  private held = false
  private readonly stop: () => void

  constructor(
    private readonly chat: Chat,
    private readonly room: string,
    private readonly timeline: Timeline,
    private readonly view: Scroller,
    /** The line above what is unread stands behind this seq. */
    marker: Signal<number | null>,
  ) {
    let unread = chat.store.rooms.get(room)?.unread ?? 0
    const stopWatching = effect(() => {
      // What was told to a server that was killed may have to be told again.
      if (chat.status.value.state === 'open') this.told = 0
    })
    const stopCounting = effect(() => {
      const now = chat.store.rooms.row(room).value
      if (now === undefined) return
      if (unread === 0 && now.unread > 0 && !this.attentive()) marker.value = readUpTo(now)
      unread = now.unread
    })
    // A marker that stands further back for another reason is an old one: the server was killed and had not saved it.
    const stopListening = chat.listen((frame) => {
      if (!('event' in frame) || frame.event !== 'read.marked_unread' || frame.data.room !== room) return
      this.held = true
      marker.value = Number(frame.data.seq) - 1
    })
    this.stop = () => {
      stopWatching()
      stopCounting()
      stopListening()
    }
  }

  /** The person goes on reading after "mark unread". */
  goOn(): void {
    this.held = false
  }

  /** Something is in sight, perhaps. */
  seen(): void {
    if (this.held || !looking.peek()) return
    const room = this.chat.store.rooms.get(this.room)
    if (room === undefined || room.unread === 0 || room.request) return
    const seq = this.seqInSight()
    if (seq <= Math.max(room.read, this.told)) return
    this.last = Math.max(this.last, seq)
    this.timer ??= setTimeout(() => this.mark(), Math.min(EVERY_MS, this.told === 0 ? 150 : EVERY_MS))
  }

  close(): void {
    this.stop()
    if (this.timer !== undefined) this.mark()
  }

  private attentive(): boolean {
    return looking.peek() && this.view.atEnd
  }

  private mark(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.held) return
    this.told = this.last
    // A lost answer is no harm: what is read is marked with the next message.
    this.chat.markRead(this.room, this.last).catch(() => {
      this.told = 0
    })
  }

  private seqInSight(): number {
    if (this.view.atEnd && !this.timeline.moreAfter.peek())
      return this.timeline.messages.peek().at(-1)?.seq ?? 0
    return Number(this.view.lastInSight()?.dataset.seq ?? 0)
  }
}
