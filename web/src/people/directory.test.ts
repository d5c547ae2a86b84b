import { signal } from '@preact/signals-core'
import { expect, test, vi } from 'vitest'
import { roommates } from '../composer/roommates'
import type { Chat } from '../data/chat'
import type { Push } from '../data/connection'
import type { Status } from '../data/link'
import { directoryOf, MOST_PEOPLE } from './directory'

/** A chat in one space, which everybody in `there` is in. */
function chatWith(there: string[]) {
  const status = signal<Status>({ state: 'open' })
  const listeners: ((frame: Push) => void)[] = []
  let asked = 0
  const chat = {
    status,
    store: { spaces: { ids: signal(['s']) } },
    listen: (listener: (frame: Push) => void) => listeners.push(listener),
    ask: async () => {
      asked += 1
      if (status.peek().state !== 'open') throw new Error('no connection')
      return { members: there.map((account) => ({ account })), next: null }
    },
  } as unknown as Chat
  const tell = (event: string) => {
    for (const listener of listeners) listener({ event, stream: 'space/s', data: {} } as unknown as Push)
  }
  return { chat, status, tell, asked: () => asked }
}

const settled = () => new Promise((over) => setTimeout(over))

test.each([
  [
    'the directory',
    async (chat: Chat) => {
      directoryOf(chat)
      await settled()
      return [...directoryOf(chat).peek().people.keys()]
    },
  ],
  ['a room', async (chat: Chat) => (await roommates(chat, 'r')).map(({ account }) => account)],
])('who came after %s was loaded is found in it', async (_, people) => {
  const there = ['ann']
  const { chat, status, tell, asked } = chatWith(there)
  expect(await people(chat)).toEqual(['ann'])
  there.push('bob')
  tell('message.posted')
  expect(await people(chat)).toEqual(['ann'])
  expect(asked()).toBe(1)
  tell('member.joined')
  expect(await people(chat)).toEqual(['ann', 'bob'])
  status.value = { state: 'connecting' }
  there.push('cleo') // no event tells of it
  status.value = { state: 'open' }
  expect(await people(chat)).toEqual(['ann', 'bob', 'cleo'])
})

test('the directory shows whom it knows while it is loaded again, and where that fails', async () => {
  const there = ['ann']
  const { chat, status, tell } = chatWith(there)
  directoryOf(chat)
  await settled()
  status.value = { state: 'connecting' }
  there.push('bob')
  tell('member.joined')
  for (const _ of there) {
    expect([...directoryOf(chat).peek().people.keys()]).toEqual(['ann'])
    await settled()
  }
  status.value = { state: 'open' }
  directoryOf(chat)
  await settled()
  expect([...directoryOf(chat).peek().people.keys()]).toEqual(['ann', 'bob'])
})

test('everybody of a very large space is in the directory, the panel’s most at least', async () => {
  const page = (after: string | null) => {
    const first = Number(after ?? 0)
    const members = Array.from({ length: 500 }, (_, i) => ({ account: `${first + i}` }))
    return { members, next: first + 500 < 12_000 ? `${first + 500}` : null }
  }
  const { chat } = chatWith([])
  const ask = async (_: string, { after }: { after: string | null }) => page(after)
  const directory = directoryOf({ ...chat, ask } as unknown as Chat)
  await vi.waitUntil(() => directory.peek().complete)
  expect(directory.peek().people.size).toBe(MOST_PEOPLE)
  expect(MOST_PEOPLE).toBe(10_000)
})
