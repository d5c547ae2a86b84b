/** What is kept between two runs of the client, and what happens when it cannot be kept. */

import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { Cache, RESUMED_MS } from '../src/data/cache'
import { Chat } from '../src/data/chat'
import { SocketLink } from '../src/data/link'
import { type Person, Server } from './server'
import { until } from './until'
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

const never = (error: unknown) => {
  throw error
}

async function started(failed: (error: unknown) => void = never): Promise<[Chat, Cache]> {
  const cache = await Cache.open(bert.id, failed)
  const { kept, timelines } = await cache.load()
  const shelf = {
    put: () => undefined,
    remove: () => undefined,
    all: async () => [],
    watch: () => () => undefined,
  }
  const link = (options: object) =>
    new SocketLink({ url: wire.url, token: async () => bert.token, random: () => 0, ...options } as never)
  return [new Chat(link, shelf, kept, timelines), cache]
}

const texts = (chat: Chat) => chat.timeline(room).messages.value.map(({ text }) => text)
const isOpen = (chat: Chat) => until('the session is open', () => chat.status.value.state === 'open')

it('shows what was known without a connection, and goes on from there without gap or repeat', async () => {
  const [first, cache] = await started()
  await isOpen(first)
  await server.post(anna, room, 'one')
  await first.timeline(room).open()
  await until('it is there', () => texts(first).includes('one'))
  await until('preferences', () => first.store.preferences.value !== null)
  await cache.save(first.kept()!, first.keptTimelines())
  const before = first.store.rooms.get(room)
  first.close()
  cache.close()

  wire.unplug()
  await server.post(anna, room, 'two')
  const [second, again] = await started()
  expect(second.live.value).toBe(false)
  expect(second.me).toBe(bert.id)
  expect(second.store.rooms.get(room)).toEqual(before)
  expect(texts(second).at(-1)).toBe('one')
  const heard: unknown[] = []
  second.listen((frame) => 'event' in frame && heard.push(frame.data.text))
  wire.restore()
  second.retry()
  await isOpen(second)
  await until('what came meanwhile', () => texts(second).includes('two'))
  expect(texts(second).filter((text) => text === 'one' || text === 'two')).toEqual(['one', 'two'])
  expect(heard).toEqual(['two'])
  expect(second.timeline(room).stale.value).toBe(false)
  second.close()
  again.close()
})

it('an old state is shown, but its events are not caught up', async () => {
  const [first, cache] = await started()
  await isOpen(first)
  await cache.save(first.kept()!, first.keptTimelines())
  first.close()
  cache.close()
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + RESUMED_MS + 1)
  const [second, again] = await started()
  vi.restoreAllMocks()
  expect(second.store.rooms.get(room)).toBeDefined()
  expect(second.store.cursor).toBeNull()
  await isOpen(second)
  second.close()
  again.close()
})

it('signing out forgets it, also while another tab has it open', async () => {
  const [first, cache] = await started()
  await isOpen(first)
  await cache.save(first.kept()!, [])
  await Cache.wipe(bert.id)
  await cache.save(first.kept()!, []) // the tab that has not heard of it yet
  const again = await Cache.open(bert.id, never)
  expect((await again.load()).kept).toBeNull()
  first.close()
  again.close()
})

it('an earlier save of another tab does not take the place of a later one', async () => {
  const [first, cache] = await started()
  await isOpen(first)
  const early = first.kept()!
  await server.post(anna, room, 'three')
  await until('it is counted', () => first.store.rooms.row(room).value!.unread > 0)
  const late = first.kept()!
  await cache.save(late, [])
  await cache.save(early, [])
  expect((await cache.load()).kept?.opened.position).toBe(late.opened.position)
  first.close()
  cache.close()
})

it('a tab that follows keeps its rooms, and a page that goes keeps all without waiting for an answer', async () => {
  const [first, cache] = await started()
  await isOpen(first)
  await first.timeline(room).open()
  await cache.save(first.kept()!, [])
  const puts = vi.spyOn(IDBObjectStore.prototype, 'put')
  await cache.save(null, first.keptTimelines())
  await cache.save(null, first.keptTimelines())
  expect(puts).toHaveBeenCalledTimes(1)
  puts.mockRestore()
  await server.post(anna, room, 'four')
  await until('it is there', () => texts(first).includes('four'))
  cache.saveLast(first.kept()!, first.keptTimelines())
  const { kept, timelines } = await cache.load()
  expect(kept?.opened.position).toBe(first.store.cursor?.position)
  expect(timelines.find((one) => one.room === room)?.messages.at(-1)?.text).toBe('four')
  first.close()
  cache.close()
})

it('a browser that denies storage is told of once, and all works without', async () => {
  const open = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('denied', 'SecurityError')
  })
  const told: unknown[] = []
  const [chat, cache] = await started((error) => told.push(error))
  await isOpen(chat)
  await cache.save(chat.kept()!, [])
  expect(told).toHaveLength(1)
  expect((await cache.load()).kept).toBeNull()
  open.mockRestore()
  chat.close()
})

it('a full disk is told of once, and all works without', async () => {
  const told: unknown[] = []
  const [chat, cache] = await started((error) => told.push(error))
  await isOpen(chat)
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  await cache.save(chat.kept()!, [])
  await cache.save(chat.kept()!, [])
  put.mockRestore()
  expect(told).toHaveLength(1)
  expect(chat.status.value.state).toBe('open')
  chat.close()
})

it('a database that never opens is not waited for', async () => {
  const open = vi.spyOn(indexedDB, 'open').mockImplementation(() => ({}) as IDBOpenDBRequest)
  const told: unknown[] = []
  const [chat] = await started((error) => told.push(error))
  open.mockRestore()
  expect(told).toHaveLength(1)
  await isOpen(chat)
  chat.close()
})

it('what a newer client left, before its server went back to an older one, is thrown away', async () => {
  const newer = indexedDB.open('chatd.cache.someone', 99)
  newer.onupgradeneeded = () => newer.result.createObjectStore('rooms by day')
  await new Promise((made) => {
    newer.onsuccess = made
  })
  newer.result.onversionchange = () => newer.result.close()
  const cache = await Cache.open('someone', never)
  expect(await cache.load()).toEqual({ kept: null, timelines: [] })
  await cache.save(null, [])
  cache.close()
})
