/** A thread as its panel shows it, changed by events, is what the server would tell anew. */

import { afterAll, beforeAll, expect, it } from 'vitest'
import { editAgain } from '../src/composer/edit_again'
import { expiryIn } from '../src/composer/expiry'
import { newestOwn } from '../src/composer/newest_own'
import { Drafts } from '../src/data/drafts'
import { PAGE } from '../src/data/timeline'
import { composingIn } from '../src/message/editing'
import { isFollowed } from '../src/thread/following'
import { Thread } from '../src/thread/thread'
import { openChat } from './chats'
import { Server } from './server'
import { until } from './until'

let server: Server

beforeAll(async () => {
  server = await Server.start()
})

afterAll(() => server?.close())

it('replies, reactions, edits and deletions are in it as they happen', async () => {
  const room = await server.room('Square')
  const bert = await openChat(await server.member(room), server.url)
  const anna = await openChat(server.owner, server.url)
  const { seq } = await anna.ask('message.post', { room, text: 'root' })
  const thread = new Thread(anna, room, seq)
  await until('the root is there', () => thread.root.value !== null)
  expect(thread.replies.value).toEqual([])

  const first = await bert.ask('message.post', { room, text: 'one', reply_to: seq })
  const second = await bert.ask('message.post', { room, text: 'two', reply_to: first.seq })
  await bert.ask('message.post', { room, text: 'elsewhere' })
  await bert.ask('message.edit', { room, seq: first.seq, text: 'one!' })
  await anna.ask('reaction.add', { room, seq: second.seq, emoji: '👍' })
  await until('both are there', () => thread.replies.value.at(-1)?.reactions.length === 1)
  expect(thread.replies.value.map(({ text }) => text)).toEqual(['one!', 'two'])
  expect(thread.root.value?.thread?.replies).toBe(2)

  await bert.ask('message.delete', { room, seq: first.seq })
  await until('one is gone', () => thread.replies.value[0]?.deleted === true)
  const { root, messages } = await anna.ask('thread.history', { room, seq })
  expect(thread.root.value?.thread?.replies).toBe(root.thread?.replies)
  expect(thread.replies.value.map(({ seq: one }) => one)).toEqual(messages.map(({ seq: one }) => one))
  thread.close()
  anna.close()
  bert.close()
})

it('what comes while it is being loaded is not lost', async () => {
  const room = await server.room('Lane')
  const anna = await openChat(server.owner, server.url)
  const { seq } = await anna.ask('message.post', { room, text: 'root' })
  const thread = new Thread(anna, room, seq)
  const posts = ['a', 'b', 'c'].map((text) => anna.ask('message.post', { room, text, reply_to: seq }))
  await Promise.all(posts)
  await until('all are there', () => thread.replies.value.length === 3)
  expect(thread.root.value?.thread?.replies).toBe(3)
  thread.close()
  anna.close()
})

it('following is what the server says, and changes with events and with writing', async () => {
  const room = await server.room('Quay')
  const bert = await openChat(await server.member(room), server.url)
  const anna = await openChat(server.owner, server.url)
  const { seq } = await anna.ask('message.post', { room, text: 'root' })
  await anna.ask('message.post', { room, text: 'first', reply_to: seq })
  const thread = new Thread(bert, room, seq)
  await until('the root is there', () => thread.root.value !== null)
  const followed = () => isFollowed(bert, room, thread.root.value!)
  expect(followed()).toBe(false)
  await bert.ask('message.post', { room, text: 'mine', reply_to: seq })
  await until('writing follows', followed)
  await bert.ask('thread.unfollow', { room, seq })
  await until('not any more', () => !followed())
  await bert.ask('message.post', { room, text: 'once more', reply_to: seq })
  await until('it is there', () => thread.replies.value.length === 3)
  expect((await bert.ask('thread.history', { room, seq })).following).toBe(followed())
  thread.close()
  anna.close()
  bert.close()
})

it('the upper arrow means the newest of one’s own, however far back the room or the thread is read', async () => {
  const room = await server.room('Pier')
  const anna = await openChat(server.owner, server.url)
  const bert = await openChat(await server.member(room), server.url)
  const say = async (chat: typeof anna, text: string, reply_to: number | null = null) =>
    (await chat.ask('message.post', { room, text, reply_to })).seq
  const root = await say(anna, 'root')
  const reply = await say(anna, 'my reply', root)
  await Promise.all(Array.from({ length: PAGE }, () => say(bert, 'words')))
  const newest = await say(anna, 'my newest')
  const gone = await say(anna, 'gone again')
  await anna.ask('message.delete', { room, seq: gone })
  const own = async (thread: number | null) => (await newestOwn(anna, room, thread))?.text

  await anna.timeline(room).open(root)
  expect(anna.timeline(room).moreAfter.value).toBe(true)
  expect([await own(null), await own(root)]).toEqual(['my newest', 'my reply'])
  await anna.timeline(room).open()
  expect(anna.timeline(room).find(reply)).toBe(undefined) // the room shows later messages
  expect([await own(null), await own(root)]).toEqual(['my newest', 'my reply'])
  expect(await own(newest)).toBe('my newest') // nobody has answered it yet
  expect(await newestOwn(bert, room, newest)).toBe(null)
  anna.close()
  bert.close()
})

it('what did not get into a thread goes back into its field; an answer stays one, however far back it goes', async () => {
  const room = await server.room('Dock')
  const anna = await openChat(server.owner, server.url)
  const say = async (text: string) => (await anna.ask('message.post', { room, text })).seq
  const root = await say('root')
  const other = await say('something else')
  await Promise.all(Array.from({ length: PAGE }, () => say('words')))
  await anna.timeline(room).open()
  const shelf = { all: () => ({}), put: () => undefined, remove: () => undefined }
  const drafts = new Drafts(async () => undefined, shelf)
  const refused = async (reply_to: number) => {
    const { nonce } = anna.send({ room, text: 'w'.repeat(10_001), reply_to })
    const found = () => anna.outbox.of(room).value.find((one) => one.nonce === nonce)
    await until('it is refused', () => found()?.state === 'failed')
    return found()!
  }
  const length = (thread: number | null) => drafts.of(room, thread).value.length

  const first = (await anna.ask('message.get', { room, seq: root })).message
  await editAgain(anna, drafts, await refused(root), [first])
  expect([length(root), length(null), composingIn(room, root)]).toEqual([10_001, 0, null])
  await editAgain(anna, drafts, await refused(other), null)
  expect([length(null), composingIn(room, null)?.message.seq]).toEqual([10_001, other])
  expect(anna.outbox.of(room).value).toEqual([])
  anna.close()
})

it('what was to go after an hour, or begins as a command does, is still so when it is written again', async () => {
  const room = await server.room('Mooring')
  const anna = await openChat(server.owner, server.url)
  const shelf = { all: () => ({}), put: () => undefined, remove: () => undefined }
  const drafts = new Drafts(async () => undefined, shelf)
  const again = async (text: string, expires_in: number | null = null) => {
    const { nonce } = anna.send({ room, text, reply_to: 999, expires_in }) // there is no such message
    const found = () => anna.outbox.of(room).value.find((one) => one.nonce === nonce)
    await until('it is refused', () => found()?.state === 'failed')
    await editAgain(anna, drafts, found()!, null)
    const written = drafts.of(room, null).value
    drafts.write(room, null, '')
    return written
  }
  const expiry = expiryIn(anna, room, null)

  await again('for good')
  expect(expiry.value).toBe(null)
  await again('for an hour', 3600)
  expect(expiry.value).toBe(3600)
  await again('for a day', 86_400) // the shorter one counts for both
  expect(expiry.value).toBe(3600)
  expect(await again('/shrug is a command')).toBe('//shrug is a command')
  expect(await again('/etc/passwd')).toBe('/etc/passwd')
  anna.close()
})
