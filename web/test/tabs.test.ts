/** Three tabs of one account over one connection: whichever of them goes, the others miss and repeat nothing. */

import { signal } from '@preact/signals-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { Chat } from '../src/data/chat'
import { SocketLink, type Status } from '../src/data/link'
import { Lost, Refused } from '../src/data/refusal'
import { type Channel, TabsLink } from '../src/data/tabs'
import { openChat } from './chats'
import { MemoryLocks } from './locks'
import { type Person, Server } from './server'
import { eventually, until } from './until'
import { Wire } from './wire'

let server: Server
let wire: Wire
let room: string
let anna: Person
let bert: Person
const locks = new MemoryLocks()
let open: Tab[] = []

beforeAll(async () => {
  server = await Server.start()
  wire = await Wire.before(() => server.port)
  room = await server.room()
  anna = await server.member(room)
  bert = await server.member(room)
})

afterEach(() => {
  for (const tab of open) tab.chat.close()
  open = []
})

afterAll(async () => {
  await wire?.close()
  await server?.close()
})

interface Tab {
  chat: Chat
  link: TabsLink
  /** The seqs of messages, as they were heard. */
  heard: number[]
  /** A frozen tab hears nothing and says nothing. */
  frozen: boolean
}

function tab(): Tab {
  let link: TabsLink | undefined
  const made = { heard: [] as number[], frozen: false } as Tab
  const channel = (name: string): Channel => {
    const real = new BroadcastChannel(name)
    const mine: Channel = {
      postMessage: (message) => {
        if (!made.frozen) real.postMessage(message)
      },
      onmessage: null,
      close: () => real.close(),
    }
    real.onmessage = (event) => {
      if (!made.frozen) mine.onmessage?.(event as MessageEvent)
    }
    return mine
  }
  const shelf = {
    put: () => undefined,
    remove: () => undefined,
    all: async () => [],
    watch: () => () => undefined,
  }
  made.chat = new Chat((options) => {
    link = new TabsLink({
      account: bert.id,
      locks,
      channel,
      visible: () => !made.frozen,
      connect: (more) =>
        new SocketLink({ url: wire.url, token: async () => bert.token, random: () => 0, ...more }),
      ...options,
    })
    return link
  }, shelf)
  made.link = link as TabsLink
  made.chat.listen((frame) => {
    if ('event' in frame && frame.event === 'message.posted') made.heard.push(frame.seq)
  })
  open.push(made)
  return made
}

const ready = (one: Tab) => until('a tab is open', () => one.chat.status.value.state === 'open')

async function three(): Promise<[Tab, Tab, Tab]> {
  const tabs = [tab(), tab(), tab()] as [Tab, Tab, Tab]
  for (const one of tabs) {
    await ready(one)
    await one.chat.timeline(room).open()
  }
  return tabs
}

const texts = (one: Tab) => one.chat.timeline(room).messages.value.map(({ text }) => text)
const say = (text: string) => server.post(anna, room, text)

it('three tabs have one connection, and all see the same', async () => {
  const before = wire.count
  const [one, two, third] = await three()
  expect(wire.count - before).toBe(1)
  expect([one, two, third].filter(({ link }) => link.leads.value)).toHaveLength(1)
  await say('to all')
  for (const each of [one, two, third]) await until('it is there', () => texts(each).includes('to all'))
  two.chat.send({ room, text: 'from the second' })
  for (const each of [one, two, third])
    await until('it is there', () => texts(each).filter((text) => text === 'from the second').length === 1)
  expect(third.heard).toEqual(one.heard)
})

it('a refusal reaches the tab that asked, as one', async () => {
  const [, two] = await three()
  await expect(two.chat.ask('room.get', { room: 'none' })).rejects.toBeInstanceOf(Refused)
})

it('a tab that comes later knows at once what the others know', async () => {
  const [one] = await three()
  await say('before it came')
  await until('it is there', () => texts(one).includes('before it came'))
  const late = tab()
  await ready(late)
  expect(late.chat.store.rooms.get(room)).toEqual(one.chat.store.rooms.get(room))
  expect(late.chat.store.cursor).toEqual(one.chat.store.cursor)
})

it('when the leader closes another takes over, and nothing is missed or repeated', async () => {
  const [one, two, third] = await three()
  const leader = [one, two, third].find(({ link }) => link.leads.value) as Tab
  const others = [one, two, third].filter((each) => each !== leader)
  const asked = others[0]!.chat.ask('room.history', { room }).then(
    () => null,
    (error) => error,
  )
  leader.chat.close()
  await say('while nobody led')
  expect(await asked).toBeInstanceOf(Lost)
  for (const each of others) {
    await ready(each)
    await until('it is there', () => texts(each).includes('while nobody led'))
    expect(each.heard).toEqual([...new Set(each.heard)].sort((a, b) => a - b))
  }
  expect(others.filter(({ link }) => link.leads.value)).toHaveLength(1)
})

it('a leader that is frozen loses the lead, and follows when it wakes', async () => {
  const [one, two, third] = await three()
  const leader = [one, two, third].find(({ link }) => link.leads.value) as Tab
  const others = [one, two, third].filter((each) => each !== leader)
  leader.frozen = true
  await say('into the cold')
  await until('another leads', () => others.some(({ link }) => link.leads.value), 5_000)
  for (const each of others) await until('it is there', () => texts(each).includes('into the cold'))
  leader.frozen = false
  await eventually('it follows', () => !leader.link.leads.value)
  await say('and warm again')
  await ready(leader)
  await leader.chat.timeline(room).open()
  await until('it is there', () => texts(leader).includes('and warm again'))
})

it('a page that was loaded anew tries where an older one was not understood', async () => {
  const made: string[] = []
  const tabOf = (name: string, status: Status) => {
    const link = new TabsLink({
      account: 'nobody',
      locks,
      channel: (name) => new BroadcastChannel(name) as unknown as Channel,
      visible: () => true,
      cursor: () => null,
      opened: () => undefined,
      frames: () => undefined,
      kept: () => null,
      restore: () => undefined,
      connect: () => {
        made.push(name)
        return { status: signal(status), ask: () => Promise.reject(new Lost()), retry() {}, close() {} }
      },
    })
    return link
  }
  const old = tabOf('old', { state: 'ended', why: 'broken', reason: 'no such command' })
  await until('it is told', () => old.status.value.state === 'ended')
  const fresh = tabOf('new', { state: 'open' })
  await until('it leads', () => fresh.status.value.state === 'open')
  expect(made).toEqual(['old', 'new'])
  old.close()
  fresh.close()
})

it('a connection that breaks is one for all, and all come back', async () => {
  const [one, two, third] = await three()
  wire.unplug()
  for (const each of [one, two, third])
    await until('they all know', () => each.chat.status.value.state === 'waiting')
  await say('nobody hears this now')
  two.chat.send({ room, text: 'from below' })
  wire.restore()
  two.chat.retry()
  for (const each of [one, two, third]) {
    await ready(each)
    await until('it is there', () => texts(each).includes('from below'))
    await until('it is there', () => texts(each).includes('nobody hears this now'))
    expect(texts(each).filter((text) => text === 'from below')).toHaveLength(1)
  }
})

it('what a tab that was behind knows in the end is what a fresh session says', async () => {
  const [one, two, third] = await three()
  third.frozen = true
  for (const text of ['x', 'y', 'z']) await say(text)
  await until('it is there', () => texts(one).includes('z'))
  third.frozen = false
  await say('after')
  await until('the same cursor', () => {
    void third.chat.store.rooms.version.value
    return third.chat.store.cursor?.position === one.chat.store.cursor?.position
  })
  const fresh = await openChat(bert, server.url)
  const told = fresh.store.rooms.get(room)!
  for (const each of [one, two, third]) {
    await until('it is as far', () => each.chat.store.rooms.row(room).value!.head === told.head)
    expect(each.chat.store.rooms.get(room)).toEqual(told)
  }
  fresh.close()
})
