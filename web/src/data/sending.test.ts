/** What is under way and what stands in the room: never both on the screen, and never neither. */

import { computed, effect, signal } from '@preact/signals-core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Message, MessagePage, PostMessage, SessionOpened } from '../wire/contract'
import { Chat, type LinkFactory } from './chat'
import type { EventFrame } from './connection'
import type { Status } from './link'
import type { OutboxEntry, OutboxShelf } from './outbox'
import { Lost } from './refusal'

const ME = 'me'
const ROOM = 'r'
const EMPTY = { messages: [], more_before: false, more_after: false }

/** A server and the way to it in one. `answers` is called for each post, in the test's own order of things. */
class World {
  readonly status = signal<Status>({ state: 'connecting' })
  readonly log: EventFrame[] = []
  readonly shelf = new Map<string, OutboxEntry>()
  answers: (posted: EventFrame) => void = (event) => this.say(event)
  lose = 0
  posts = 0
  private options!: Parameters<LinkFactory>[0]

  chat(kept: Parameters<typeof keptOf>[0] | null = null): Chat {
    const shelf: OutboxShelf = {
      put: (entry) => void this.shelf.set(entry.nonce, entry),
      remove: (nonce) => void this.shelf.delete(nonce),
      all: async () => [...this.shelf.values()],
      watch: () => () => undefined,
    }
    const factory: LinkFactory = (options) => {
      this.options = options
      return {
        status: this.status,
        ask: (async (name: string, data: never) => this.answer(name, data)) as never,
        retry: () => undefined,
        close: () => undefined,
      }
    }
    return new Chat(factory, shelf, kept === null ? null : keptOf(kept))
  }

  open(resumed: boolean, at = this.log.length): void {
    this.options.opened(openedOf(resumed, at))
    this.status.value = { state: 'open' }
    if (resumed) for (const event of this.log.slice(at)) this.say(event)
  }

  close(): void {
    this.status.value = { state: 'connecting' }
  }

  say(event: EventFrame): void {
    this.options.frames([event])
  }

  private async answer(name: string, data: PostMessage): Promise<unknown> {
    if (this.status.peek().state !== 'open') throw new Lost()
    if (name === 'room.history') return this.page()
    if (name !== 'message.post') return new Promise(() => undefined)
    this.posts += 1
    let event = this.log.find((one) => one.data.nonce === data.nonce)
    if (event === undefined) {
      event = postedEvent(this.log.length + 1, data)
      this.log.push(event)
      if (this.lose-- > 0) throw new Lost()
      this.answers(event)
    }
    return { seq: event.seq, position: event.position, at: event.at }
  }

  private page(): MessagePage {
    return { ...EMPTY, messages: this.log.map(messageOf) }
  }
}

const postedEvent = (position: number, data: PostMessage): EventFrame => ({
  event: 'message.posted',
  stream: `room/${ROOM}`,
  seq: position,
  position,
  hash: '',
  at: position,
  by: ME,
  data: { text: data.text, nonce: data.nonce },
})

const messageOf = ({ seq, position, at, by, data }: EventFrame) =>
  ({ seq, position, at, by, text: data.text, nonce: data.nonce, reply_to: null, thread: null }) as Message

const openedOf = (resumed: boolean, position: number) =>
  ({
    account: { id: ME, name: ME, display_name: ME },
    limits: {},
    server: { name: '' },
    epoch: 'e',
    hash: 'h',
    position,
    resumed,
    spaces: [],
    rooms: [{ id: ROOM, head: position, read: 0, unread: 0, mentions: 0, accounts: [] }],
  }) as unknown as SessionOpened

const keptOf = ({ position }: { position: number }) => ({
  opened: openedOf(false, position),
  counted: {},
  preferences: null,
  subscriptions: [],
  blocked: [],
  profiles: [],
})

/** How often each nonce stands on the screen, after each change. */
function watched(chat: Chat): number[][] {
  const counts: number[][] = []
  const shown = computed(() => [
    ...chat.timeline(ROOM).messages.value.map(({ text }) => text),
    ...chat.outbox.of(ROOM).value.map(({ text }) => text),
  ])
  effect(() => {
    const all = shown.value
    counts.push(['a', 'b'].map((text) => all.filter((one) => one === text).length))
  })
  return counts
}

const settled = () => vi.advanceTimersByTimeAsync(1)
const send = (chat: Chat, text: string) => chat.send({ room: ROOM, text })

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a message that is sent stands on the screen once at every moment', async () => {
  for (const first of ['event', 'answer']) {
    const world = new World()
    const chat = world.chat()
    if (first === 'answer') world.answers = (event) => void setTimeout(() => world.say(event), 5)
    world.open(false)
    await chat.timeline(ROOM).open()
    const counts = watched(chat)
    send(chat, 'a')
    await vi.advanceTimersByTimeAsync(10)
    expect(counts.slice(1).every(([a]) => a === 1)).toBe(true)
    expect(chat.outbox.all.value.length).toBe(0)
    expect(world.shelf.size).toBe(0)
    chat.close()
  }
})

test('a message whose event was seen by an earlier run goes from the outbox with the answer', async () => {
  const world = new World()
  world.log.push(postedEvent(1, { room: ROOM, text: 'a', nonce: 'n' }))
  world.shelf.set('n', entry('n', 'a'))
  const chat = world.chat({ position: 1 })
  world.open(true, 1)
  await chat.timeline(ROOM).open()
  await settled()
  expect(chat.outbox.all.value.length).toBe(0)
  expect(world.shelf.size).toBe(0)
  chat.close()
})

test('a message that comes before it is known what was left is not sent again', async () => {
  const world = new World()
  world.log.push(postedEvent(1, { room: ROOM, text: 'a', nonce: 'n' }))
  world.shelf.set('n', entry('n', 'a'))
  const chat = world.chat({ position: 0 })
  world.open(true, 0)
  await settled()
  expect([chat.outbox.all.value.length, world.posts, world.shelf.size]).toEqual([0, 0, 0])
  chat.close()
})

test('a page of history takes away what it has, when the session could not be resumed', async () => {
  const world = new World()
  const chat = world.chat()
  world.open(false)
  await chat.timeline(ROOM).open()
  world.lose = 1
  const counts = watched(chat)
  send(chat, 'a')
  await settled()
  world.close()
  world.open(false)
  await chat.timeline(ROOM).open()
  await settled()
  expect(counts.slice(1).every(([a]) => a === 1)).toBe(true)
  expect([chat.outbox.all.value.length, chat.timeline(ROOM).messages.value.length]).toEqual([0, 1])
  chat.close()
})

test('a message that was sent stays on the screen over a broken connection until its event comes', async () => {
  const world = new World()
  const chat = world.chat()
  world.open(false)
  await chat.timeline(ROOM).open()
  world.answers = () => undefined // the connection breaks before the event
  const counts = watched(chat)
  send(chat, 'a')
  await settled()
  world.close()
  await settled()
  world.open(true, 0)
  await settled()
  expect(counts.slice(1).every(([a]) => a === 1)).toBe(true)
  expect(chat.outbox.all.value.length).toBe(0)
  chat.close()
})

test('an answer that does not come on a connection that lives is asked for again', async () => {
  const world = new World()
  const chat = world.chat()
  world.open(false)
  await chat.timeline(ROOM).open()
  world.lose = 1
  send(chat, 'a')
  send(chat, 'b')
  await vi.advanceTimersByTimeAsync(6_000)
  expect(world.log.map(({ data }) => data.text)).toEqual(['a', 'b'])
  chat.close()
})

const entry = (nonce: string, text: string): OutboxEntry => ({
  nonce,
  room: ROOM,
  text,
  reply_to: null,
  attachments: [],
  expires_in: null,
  at: 0,
  state: 'sending',
  error: null,
})
