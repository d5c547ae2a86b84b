/** A timeline, changed by pages and events in any order, is what a fresh load of the same place shows. */

import { expect, it } from 'vitest'
import type { EventFrame } from '../src/data/connection'
import { changed, posted, replied, unreplied } from '../src/data/messages'
import { PAGE, Timeline, WINDOW } from '../src/data/timeline'
import type { Message, MessagePage } from '../src/wire/contract'

/** A room as the server keeps it: every event changes it at once, and is told later. */
class Room {
  messages: Message[] = []
  head = 0
  at = 1_000

  constructor(private readonly random: () => number) {}

  event(event: string, data: Record<string, unknown>, by = `p${this.pick(4)}`): EventFrame {
    this.head += 1
    this.at += 1 + this.pick(3)
    return { event, stream: 'room/r', seq: this.head, position: this.head, at: this.at, by, data }
  }

  /** Something happens. */
  happen(): EventFrame {
    const target = this.messages[this.messages.length - 1 - this.pick(Math.min(30, this.messages.length))]
    const kind = target === undefined ? 0 : this.pick(10)
    if (kind < 5) return this.post({})
    const { seq, thread: _, reply_to } = target as Message
    if (kind === 5 && reply_to === null && !target!.deleted) return this.post({ reply_to: seq, thread: seq })
    if (kind === 6)
      return this.change(this.event('message.edited', { seq, text: `edited ${this.head}` }, target!.by))
    if (kind === 7) return this.change(this.event(this.pick(2) ? 'pin.added' : 'pin.removed', { seq }))
    if (kind === 8) return this.remove(target as Message)
    const emoji = ['👍', '🎉'][this.pick(2)]
    const by = `p${this.pick(4)}`
    const there = target!.reactions.some((one) => one.emoji === emoji && one.accounts.includes(by))
    return this.change(this.event(there ? 'reaction.removed' : 'reaction.added', { seq, emoji }, by))
  }

  history(place: {
    before?: number | null
    after?: number | null
    around?: number | null
    limit: number
  }): MessagePage {
    const { limit } = place
    let from = this.messages.length - limit
    if (place.before != null) from = this.index(place.before) - limit
    if (place.after != null) from = this.index(place.after + 1)
    if (place.around != null) from = this.index(place.around) - Math.floor(limit / 2)
    const end = place.before != null ? this.index(place.before) : Math.max(0, from) + limit
    const messages = this.messages.slice(Math.max(0, from), end)
    return {
      messages,
      more_before: Math.max(0, from) > 0,
      more_after: end < this.messages.length,
    }
  }

  pick(n: number): number {
    return Math.floor(this.random() * n)
  }

  private post(data: Record<string, unknown>): EventFrame {
    const event = this.event('message.posted', { text: `said ${this.head}`, ...data })
    this.messages.push(posted(event))
    if (data.thread !== undefined) this.alter(data.thread as number, (one) => replied(one, event.at))
    return event
  }

  private remove(target: Message): EventFrame {
    const event = this.event('message.deleted', { seq: target.seq, author: target.by })
    if (!target.deleted && target.reply_to !== null) this.alter(target.reply_to, unreplied)
    return this.change(event)
  }

  private change(event: EventFrame): EventFrame {
    this.alter(event.data.seq as number, (one) => changed(one, event) ?? one)
    return event
  }

  private alter(seq: number, how: (message: Message) => Message): void {
    this.messages = this.messages.map((one) => (one.seq === seq ? how(one) : one))
  }

  private index(seq: number): number {
    const found = this.messages.findIndex((one) => one.seq >= seq)
    return found < 0 ? this.messages.length : found
  }
}

function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31
    return state / 2 ** 31
  }
}

/** Answers and events that are on their way; the two overtake each other, events never one another. */
interface UnderWay {
  readonly events: EventFrame[]
  readonly answers: (() => void)[]
}

it.each(Array.from({ length: 60 }, (_, i) => i + 1))(
  'pages and events in any order, from seed %i',
  async (seed) => {
    const random = randomFrom(seed)
    const room = new Room(random)
    const way: UnderWay = { events: [], answers: [] }
    for (let i = 0; i < 250; i++) room.happen()
    const timeline = new Timeline(
      (place) =>
        new Promise((answer) => {
          const page = room.history(place)
          way.answers.push(() => answer(page))
        }),
    )
    const deliver = async () => {
      if (way.answers.length > 0 && random() < 0.4) way.answers.shift()!()
      else if (way.events.length > 0) timeline.apply(way.events.shift() as EventFrame)
      await Promise.resolve()
      await Promise.resolve()
      await Promise.resolve()
    }
    void timeline.open(random() < 0.5 ? null : room.pick(room.head))
    for (let step = 0; step < 500; step++) {
      const what = room.pick(10)
      if (what < 4) way.events.push(room.happen())
      else if (what < 8) await deliver()
      else if (what === 8) void (random() < 0.5 ? timeline.loadBefore() : timeline.loadAfter())
      else if (random() < 0.1) void timeline.open(random() < 0.5 ? null : room.pick(room.head))
      timeline.atEnd = random() < 0.7
      if (random() < 0.02) {
        const some = timeline.messages.peek()
        timeline.left =
          random() < 0.5 || some.length === 0 ? null : { seq: some[room.pick(some.length)]!.seq, offset: 0 }
        timeline.rest()
      }
      expect(timeline.messages.peek().length).toBeLessThanOrEqual(WINDOW + PAGE)
    }
    while (way.events.length + way.answers.length > 0) await deliver()
    expect(timeline.loading.peek()).toBeNull()

    const shown = timeline.messages.peek()
    const first = shown[0]!.seq
    const last = shown.at(-1)!.seq
    const true_ = room.messages.filter(({ seq }) => seq >= first && seq <= last)
    expect(shown.map(({ seq }) => seq)).toEqual(true_.map(({ seq }) => seq))
    expect(shown.map(withoutThread)).toEqual(true_.map(withoutThread))
    expect(timeline.moreBefore.peek()).toBe(room.messages[0]!.seq < first)
    if (!timeline.moreAfter.peek()) expect(last).toBe(room.messages.at(-1)!.seq)
  },
)

it('what an older loading brings is thrown away', async () => {
  const answers: ((page: MessagePage) => void)[] = []
  const timeline = new Timeline(() => new Promise((answer) => answers.push(answer)))
  const page = (seq: number): MessagePage => ({
    messages: [
      posted({ event: 'message.posted', stream: 'room/r', seq, position: seq, at: seq, by: 'p', data: {} }),
    ],
    more_before: false,
    more_after: false,
  })
  const one = timeline.open(5)
  const two = timeline.open(9)
  answers[1]!(page(9))
  answers[0]!(page(5))
  await Promise.all([one, two])
  expect(timeline.messages.peek().map(({ seq }) => seq)).toEqual([9])
  expect(timeline.loading.peek()).toBeNull()
})

it('a refused loading says so, and leaves what is there', async () => {
  const timeline = new Timeline(() => Promise.reject(new Error('no')))
  timeline.restore({ head: 1, messages: [], moreBefore: true }, 1)
  await timeline.open()
  expect(timeline.error.peek()?.message).toBe('no')
  expect(timeline.loading.peek()).toBeNull()
})

/** A reply that is deleted while its page is not loaded cannot be told from its thread's count. */
function withoutThread({ thread: _, ...message }: Message): Omit<Message, 'thread'> {
  return message
}
