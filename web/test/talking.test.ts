/** Two people talk, over a network that breaks. */

import { afterAll, beforeAll, expect, it } from 'vitest'
import { rescheduled } from '../src/composer/scheduled'
import type { Chat } from '../src/data/chat'
import { readAll } from '../src/inbox/read_all'
import { eventsOf, follow } from '../src/ui/following'
import { Paged } from '../src/ui/paged'
import { chatOf } from './chats'
import { type Person, Server } from './server'
import { eventually, until } from './until'
import { Wire } from './wire'

let server: Server
let wire: Wire
let room: string
let anna: Person
let bert: Person

beforeAll(async () => {
  server = await Server.start()
  wire = await Wire.before(() => server.port)
  room = await server.room()
  anna = await server.member(room)
  bert = await server.member(room)
})

afterAll(async () => {
  await wire?.close()
  await server?.close()
})

const texts = (chat: Chat) => chat.timeline(room).messages.value.map(({ text }) => text)

async function opened(chat: Chat): Promise<Chat> {
  await until('the session is open', () => chat.status.value.state === 'open')
  await chat.timeline(room).open()
  return chat
}

it('what one writes the other reads, and a cut connection loses and repeats nothing', async () => {
  const one = await opened(chatOf(anna, server.url))
  const two = await opened(chatOf(bert, wire.url))
  const heard: number[] = []
  two.listen((frame) => {
    if ('event' in frame && frame.event === 'message.posted') heard.push(frame.seq)
  })
  one.send({ room, text: 'before' })
  await until('the first message', () => texts(two).includes('before'))

  wire.unplug()
  await until('the link notices', () => two.status.value.state === 'waiting')
  for (const text of ['a', 'b', 'c']) one.send({ room, text })
  two.send({ room, text: 'from the train' })
  await until('three are posted', () => one.store.rooms.row(room).value!.head >= 8)
  expect(two.outbox.all.value.length).toBe(1)
  wire.restore()
  two.retry()
  await until(
    'all is there',
    () => texts(two).includes('from the train') && texts(one).includes('from the train'),
  )

  expect(texts(two).slice(-5)).toEqual(['before', 'a', 'b', 'c', 'from the train'])
  expect(texts(one)).toEqual(texts(two))
  expect(heard).toEqual([...new Set(heard)].sort((x, y) => x - y))
  await until('the outbox is empty', () => two.outbox.all.value.length === 0)
  one.close()
  two.close()
})

it('a server that is killed and started again is found by all, and has lost nothing', async () => {
  const one = await opened(chatOf(anna, server.url))
  one.send({ room, text: 'on the disk' })
  await until('it stands in the room', () => texts(one).includes('on the disk'))
  await server.kill()
  await until('the link notices', () => one.status.value.state !== 'open')
  one.send({ room, text: 'while it was away' })
  await server.launch()
  one.retry()
  await until('the session is open', () => one.status.value.state === 'open')
  await until('it is sent', () => texts(one).includes('while it was away'))
  expect(texts(one).filter((text) => text === 'while it was away')).toHaveLength(1)
  one.close()
})

it('an open connection that says nothing any more is found by asking', async () => {
  const one = await opened(chatOf(anna, wire.url))
  wire.swallow()
  one.retry()
  await until('the link notices', () => one.status.value.state === 'waiting')
  wire.restore()
  one.retry()
  await until('the session is open', () => one.status.value.state === 'open')
  one.close()
})

it('what was read without a connection is marked when there is one', async () => {
  const one = await opened(chatOf(bert, wire.url))
  await server.post(anna, room, 'read in the tunnel')
  await until('it is there', () => texts(one).includes('read in the tunnel'))
  wire.unplug()
  await until('the link notices', () => one.status.value.state === 'waiting')
  const { head } = one.store.rooms.get(room)!
  await one.markRead(room, head)
  expect(one.store.rooms.get(room)!.unread).toBe(0)
  wire.restore()
  one.retry()
  await until('the session is open', () => one.status.value.state === 'open')
  await eventually('the server knows', async () => {
    const { rooms } = await server.as(bert, (ask) => ask('unread.list', {}))
    return rooms.find((row) => row.room === room)!.read === head
  })
  await until('nothing is unread', () => one.store.rooms.row(room).value!.unread === 0)
  one.close()
})

it('a list follows what others do, message or not, and what they did while there was no connection', async () => {
  const chat = await opened(chatOf(bert, wire.url))
  const { space } = server
  let asked = 0
  const members = new Paged(async (after) => {
    asked += 1
    const page = await chat.ask('space.members', { space, after, limit: 2 })
    return { items: page.members, next: page.next }
  })
  await members.begin()
  await members.more()
  expect(asked).toBe(2)
  const role = (person: Person) => members.items.value.find(({ account }) => account === person.id)?.role
  const stop = follow(chat, eventsOf(`space/${space}`, 'member.'), () => members.reload())
  const seq = await server.post(anna, room, 'this is about nobody')
  await until('it is there', () => chat.store.rooms.row(room).value!.head >= seq)
  await server.ask('member.set_role', { space, account: anna.id, role: 'moderator' })
  await until('the role is shown', () => role(anna) === 'moderator')
  expect(asked).toBe(4) // both pages, once

  wire.unplug()
  await until('the link notices', () => chat.status.value.state === 'waiting')
  await server.ask('member.set_role', { space, account: anna.id, role: 'guest' })
  wire.restore()
  chat.retry()
  await until('the role is shown', () => role(anna) === 'guest')
  stop()
  chat.close()
})

it('all notifications are marked read, and not only those of the first page', async () => {
  const one = await opened(chatOf(anna, server.url))
  const two = await opened(chatOf(bert, server.url))
  const unread = async () => (await one.ask('notification.list', {})).unread
  for (const text of ['one', 'two', 'three'])
    await two.ask('message.post', { room, text: `@${anna.name} ${text}` })
  await eventually('all have come', async () => (await unread()) === 3)
  await readAll(one, 2)
  expect(await unread()).toBe(0)
  one.close()
  two.close()
})

it('a scheduled message that is changed takes the old one’s place, or none where that is gone', async () => {
  const chat = await opened(chatOf(anna, server.url))
  const later = Date.now() + 3_600_000
  const listed = async () => (await chat.ask('message.scheduled', {})).scheduled.map(({ text }) => text)
  const { scheduled } = await chat.ask('message.schedule', { room, text: 'tea?', post_at: later })
  await rescheduled(chat, scheduled, 'tea!', later)
  expect(await listed()).toEqual(['tea!'])
  await expect(rescheduled(chat, scheduled, 'twice', later)).rejects.toThrow() // it is on its way already
  expect(await listed()).toEqual(['tea!'])
  chat.close()
})
