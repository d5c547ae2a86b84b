/** What a client knows, changed by events, is what a fresh session would tell it: for every type of event. */

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Chat } from '../src/data/chat'
import type { DataOf, RequestName, ResultOf } from '../src/data/connection'
import { openChat } from './chats'
import { type Person, Server } from './server'
import { eventually, until } from './until'
import { Wire } from './wire'

/** Types that change nothing that the store keeps, and are not made to happen here. */
const ELSEWHERE = [
  'account.created',
  'account.deleted',
  'account.secured',
  'backup.created',
  'backup.restored',
  'bot.created',
  'bot.deleted',
  'bot.updated',
  'bookmark.added',
  'bookmark.removed',
  'file.added',
  'file.deleted',
  'import.begun',
  'import.finished',
  'import.undone',
  'invite.created',
  'invite.revoked',
  'member.erasure_cancelled',
  'member.erasure_ordered',
  'member.messages_erased',
  'message.erased',
  'message.reported',
  'report.resolved',
  'room.exported',
  'server.compacted',
  'space.created',
  'space.exported',
  'view.rebuilt',
  'emoji.added',
  'emoji.removed',
  'thread.followed',
  'thread.unfollowed',
  'notification.read',
] as const

let server: Server
let wire: Wire
let anna: Person
let bert: Person
let room: string
const types = new Set<string>()

beforeAll(async () => {
  server = await Server.start()
  wire = await Wire.before(() => server.port)
  anna = server.owner
  room = await server.room('Square')
  bert = await server.member(room)
})

afterAll(async () => {
  await wire?.close()
  await server?.close()
})

const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1)

/** All that the store keeps, in an order that does not show how it was learned. */
function known({ store }: Chat) {
  return {
    account: store.account.peek(),
    spaces: store.spaces.list().sort(byId),
    rooms: store.rooms
      .list()
      .map((one) => ({ ...one, disabled: one.disabled?.toSorted() }))
      .sort(byId),
    preferences: store.preferences.peek(),
    subscriptions: store.subscriptions.list().sort((one, other) => (one.room < other.room ? -1 : 1)),
    blocked: [...store.blocked.peek()].sort(),
  }
}

/** The same, asked for anew. */
async function fresh(person: Person) {
  const chat = await openChat(person, server.url)
  await until('preferences', () => chat.store.preferences.value !== null)
  const found = known(chat)
  chat.close()
  return found
}

async function agrees(person: Person, ...chats: Chat[]): Promise<void> {
  let told: unknown
  let mine: unknown[] = []
  await eventually(
    'the same as of a fresh session',
    async () => {
      told = await fresh(person)
      mine = chats.map(known)
      return mine.every((one) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(told)))
    },
    4_000,
  ).catch(() => {
    for (const one of mine) expect(one).toEqual(told)
    expect(mine.map(sorted)).toEqual(mine.map(() => sorted(told)))
  })
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, one]) => [name, sorted(one)]),
  )
}

type Ask = <N extends RequestName>(name: N, data: DataOf<N>) => Promise<ResultOf<N>>

/** A life in steps; after each the clients are looked at. */
async function* lived(ann: Ask, bob: Ask, operator: Ask): AsyncGenerator<string> {
  const post = async (who: Ask, where: string, text: string, more: object = {}) =>
    (await who('message.post', { room: where, text, nonce: crypto.randomUUID(), ...more })).seq

  await post(ann, room, 'hello')
  const seq = await post(ann, room, `hello @${bert.name}`)
  const other = await post(ann, room, 'you there')
  yield 'messages'
  await ann('message.edit', { room, seq: other, text: `you there, @${bert.name}?` })
  yield 'an edit that mentions'
  await ann('message.edit', { room, seq, text: 'hello nobody' })
  yield 'an edit that mentions no more'
  await bob('read.mark', { room, seq })
  yield 'read in part'
  await post(ann, room, 'all of you, @room')
  await ann('message.delete', { room, seq: other })
  yield 'deleted'
  await bob('read.mark', { room, seq: other + 2 })
  await bob('read.mark_unread', { room, seq })
  yield 'unread again'
  const reply = await post(bob, room, 'what?', { reply_to: seq })
  await ann('reaction.add', { room, seq: reply, emoji: '👍' })
  await ann('reaction.remove', { room, seq: reply, emoji: '👍' })
  await ann('pin.add', { room, seq: reply })
  await ann('pin.remove', { room, seq: reply })
  yield 'on messages'
  await bob('read.mark', { room, seq: reply })
  yield 'all read'

  await bob('account.update', { display_name: 'Bert the Second', about: 'reads' })
  await bob('account.rename', { name: `${bert.name}.second` })
  await bob('subscription.update', { room, level: 'all' })
  await bob('preferences.update', { quiet_from: 0, quiet_to: 300, time_zone: 'Pacific/Chatham' })
  await bob('preferences.update', { receipts: false })
  yield 'settings'
  await bob('subscription.update', { room, level: 'none' })
  await post(ann, room, 'unheard @room')
  yield 'a level'
  await bob('subscription.update', { room, level: 'mentions', mute_for: 3600 })
  await post(ann, room, 'muted @room')
  yield 'a mute'
  await bob('subscription.update', { room, mute_for: 0 })
  await bob('read.mark', { room, seq: reply + 20 }).catch(() => undefined)
  yield 'no mute'

  const garden = (await ann('room.create', { space: server.space, name: 'Garden', topic: 'plants' })).room.id
  await post(ann, garden, 'before anybody came')
  await bob('room.join', { room: garden })
  yield 'joins'
  await post(ann, garden, 'welcome')
  await ann('room.update', { room: garden, name: 'Yard', topic: 'stones', slow_mode: 5 })
  await ann('room.lock', { room: garden })
  await ann('room.set_retention', { room: garden, keep_days: 30 })
  await operator('room.set_hold', { room: garden, hold: true })
  await ann('room.archive', { room: garden })
  yield 'a room changes'
  await operator('room.set_hold', { room: garden, hold: false })
  await ann('room.unlock', { room: garden })
  await ann('room.unarchive', { room: garden })
  await ann('room.override', { room: garden, right: 'message.post', role: 'member', allow: false })
  yield 'and back'
  await bob('room.leave', { room: garden })
  yield 'leaves'
  await bob('room.join', { room: garden })
  await ann('room.remove', { room: garden, account: bert.id })
  await ann('room.invite', { room: garden, account: bert.id })
  yield 'in and out'
  await ann('room.delete', { room: garden })
  yield 'a room goes'

  const own = (await bob('space.create', { name: "Bert's" })).space.id
  const code = (await bob('invite.create', { space: own })).invite.code
  const yard = (await bob('room.create', { space: own, name: 'Yard' })).room.id
  await ann('invite.accept', { code })
  await ann('room.join', { room: yard })
  yield 'a space'
  await bob('member.set_role', { space: own, account: anna.id, role: 'admin' })
  await bob('member.mute', { space: own, account: anna.id })
  await bob('member.unmute', { space: own, account: anna.id })
  await bob('space.update', { space: own, name: 'Of Bert', description: 'mine' })
  await bob('space.lock', { space: own })
  await bob('space.set_retention', { space: own, keep_days: 90 })
  await operator('space.set_hold', { space: own, hold: true })
  yield 'a space changes'
  await operator('space.set_hold', { space: own, hold: false })
  await bob('space.unlock', { space: own })
  await bob('member.set_role', { space: own, account: anna.id, role: 'owner' })
  yield 'another owner'
  await operator('member.set_role', { space: own, account: bert.id, role: 'owner' })
  await operator('member.set_role', { space: own, account: anna.id, role: 'member' })
  await bob('member.kick', { space: own, account: anna.id })
  yield 'kicked'
  await ann('invite.accept', { code })
  await ann('room.join', { room: yard })
  await bob('member.ban', { space: own, account: anna.id })
  await bob('member.unban', { space: own, account: anna.id })
  yield 'banned'
  await ann('invite.accept', { code })
  await ann('space.leave', { space: own })
  await ann('invite.accept', { code })
  await ann('room.join', { room: yard })
  yield 'left and come back'
  await bob('space.delete', { space: own })
  yield 'a space goes'

  const pair = (await ann('direct.open', { accounts: [bert.id] })).room.id
  await post(ann, pair, `just us, @${bert.name}`)
  yield 'a direct room'
  await bob('direct.accept', { room: pair })
  yield 'accepted'
  await post(bob, pair, 'yes')
  await bob('direct.leave', { room: pair })
  yield 'left a direct room'
  await post(ann, pair, 'come back')
  yield 'brought back'
  const stranger = await server.member()
  const strange = await server.as(stranger, async (ask) => {
    const { id } = (await ask('direct.open', { accounts: [bert.id] })).room
    await ask('message.post', { room: id, text: 'you do not know me', nonce: 'a' })
    return id
  })
  yield 'a request'
  await bob('direct.decline', { room: strange })
  yield 'declined'
  const pest = await server.member(room)
  await server.as(pest, async (ask) => {
    const { id } = (await ask('direct.open', { accounts: [bert.id] })).room
    await ask('message.post', { room: id, text: 'buy this', nonce: 'a' })
    await ask('message.post', { room, text: 'and this', nonce: 'b' })
  })
  yield 'a pest'
  await bob('block.add', { account: pest.id })
  yield 'blocked'
  await server.as(pest, (ask) => ask('message.post', { room, text: 'hear me', nonce: 'c' }))
  yield 'and not heard'
  await bob('block.remove', { account: pest.id })
  yield 'forgiven'
  const three = (await ann('direct.open', { accounts: [bert.id, pest.id] })).room.id
  await post(ann, three, 'the three of us')
  yield 'three'
  await operator('account.disable', { account: pest.id })
  yield 'disabled'
  await operator('account.enable', { account: pest.id })
  yield 'enabled'
  await operator('account.set_admin', { account: bert.id, admin: true })
  yield 'an operator'
}

it('old state and events together are what a fresh session says', { timeout: 180_000 }, async () => {
  const ann = await openChat(anna, server.url)
  const bob = await openChat(bert, server.url)
  const traveller = await openChat(bert, wire.url)
  for (const chat of [ann, bob])
    chat.listen((frame) => {
      if ('event' in frame) types.add(frame.event)
    })
  const failed: string[] = []
  wire.unplug()
  const steps = lived(ann.ask.bind(ann), bob.ask.bind(bob), server.ask.bind(server))
  for await (const step of steps) {
    wire.restore()
    traveller.retry()
    await until('the traveller is back', () => traveller.status.value.state === 'open')
    try {
      await agrees(anna, ann)
      await agrees(bert, bob, traveller)
    } catch (error) {
      failed.push(`${step}: ${(error as Error).message}`)
    }
    wire.unplug()
  }
  expect(failed).toEqual([])
  for (const chat of [ann, bob, traveller]) chat.close()
})

it('every type of event that a client hears of happened above, or changes nothing that is kept', () => {
  const heard = [...types, ...ELSEWHERE]
  const contract = readTypes()
  expect(contract.filter((type) => !heard.includes(type))).toEqual([])
})

function readTypes(): string[] {
  const text = readFileSync(new URL('../src/wire/contract.ts', import.meta.url), 'utf8')
  const body = /export interface Events \{([^}]*)\}/.exec(text.replace(/\{\}/g, ''))?.[1] ?? ''
  return [...body.matchAll(/'([a-z_.]+)':/g)].map((match) => match[1] as string)
}
