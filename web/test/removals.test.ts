/**
 * Somebody is put out, muted, or finds a place gone: they are told what, where, by whom and why, and what of their own
 * did not get there.
 */

import { afterAll, beforeAll, expect, it } from 'vitest'
import { removalSentence } from '../src/notify/removal_words'
import { type Removal, watchRemovals } from '../src/notify/removals'
import { stranded } from '../src/notify/stranded'
import { openChat } from './chats'
import { type Person, Server } from './server'
import { eventually, until } from './until'

let server: Server
let room: string
let space: string
let bert: Person

beforeAll(async () => {
  server = await Server.start()
  room = await server.room()
  bert = await server.member(room)
  space = server.space
})

afterAll(() => server?.close())

it('what others do to somebody is told to them', async () => {
  const chat = await openChat(bert, server.url)
  const told: Removal[] = []
  const stop = watchRemovals(chat, (removal) => told.push(removal))
  const account = chat.me
  await server.as(server.owner, (ask) => ask('room.export', { room }))
  await eventually('an export is told', () => told.pop()?.what === 'room_exported')
  await server.ask('member.mute', { space, account, reason: 'too loud' })
  await server.ask('member.unmute', { space, account })
  await server.ask('room.remove', { room, account })
  await eventually('three things are told', () => told.length === 3)
  await server.ask('member.kick', { space, account, reason: 'enough' })
  await until('the space is gone', () => chat.store.spaces.all().length === 0)
  await eventually('the last is told', () => told.length === 4)
  stop()
  expect(told.map(({ what, reason }) => [what, reason])).toEqual([
    ['muted', 'too loud'],
    ['unmuted', null],
    ['removed', null],
    ['kicked', 'enough'],
  ])
  expect(removalSentence(told[3] as Removal, chat)).toMatch(
    /^You were put out of .+ by somebody who runs this server\. .* Reason: enough$/,
  )
  chat.close()
})

it('what one leaves is no news; what went while one was away is', async () => {
  const anna = await server.member(room)
  const chat = await openChat(anna, server.url)
  const told: Removal[] = []
  const stop = watchRemovals(chat, (removal) => told.push(removal))
  await chat.ask('room.leave', { room })
  await until('the room is gone', () => chat.store.rooms.all().length === 0)
  expect(told).toEqual([])
  chat.store.spaces.replace([]) // as a session says that is not resumed
  expect(told.map(({ what }) => what)).toEqual(['gone_space'])
  stop()
  chat.close()
})

it('what was written for a room that is gone meanwhile has no place in any room', async () => {
  const anna = await server.member(room)
  const chat = await openChat(anna, server.url)
  const gone = await server.room()
  await server.ask('room.delete', { room: gone })
  chat.send({ room: gone, text: 'as if written before' })
  const left = stranded(chat)
  await until('it is refused', () => left.value.length === 1)
  expect(left.value[0]?.error?.code).toBe('not_found')
  chat.outbox.discard(left.value[0]?.nonce as string)
  expect(left.value).toEqual([])
  chat.close()
})
