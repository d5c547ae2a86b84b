import { expect, test, vi } from 'vitest'
import type { PostMessage } from '../wire/contract'
import { Outbox, type OutboxEntry, type OutboxShelf } from './outbox'
import { Lost, Refused } from './refusal'

/** A server that posts each nonce once, and may lose an answer, the request, or refuse for a while. */
class Server {
  readonly posted: PostMessage[] = []
  fates: ('answer' | 'lose answer' | 'lose request' | Refused)[] = []

  readonly post = async (message: PostMessage) => {
    await Promise.resolve()
    const fate = this.fates.shift() ?? 'answer'
    if (fate instanceof Refused) throw fate
    if (fate === 'lose request') throw new Lost()
    if (!this.posted.some(({ nonce }) => nonce === message.nonce)) this.posted.push(message)
    if (fate === 'lose answer') throw new Lost()
    return { seq: this.posted.length, position: this.posted.length, at: 0 }
  }

  get texts(): string[] {
    return this.posted.map(({ text }) => text)
  }
}

class Shelf implements OutboxShelf {
  readonly kept = new Map<string, OutboxEntry>()
  put = (entry: OutboxEntry) => void this.kept.set(entry.nonce, entry)
  remove = (nonce: string) => void this.kept.delete(nonce)
  all = async () => [...this.kept.values()]
  watch = () => () => undefined
}

/** As another run of the client has left it. */
const entry = (state: OutboxEntry['state']): OutboxEntry => ({
  nonce: 'old',
  room: 'r',
  text: 'one',
  reply_to: null,
  attachments: [],
  expires_in: null,
  at: 0,
  state,
  error: null,
})

const settled = () => vi.advanceTimersByTimeAsync(0)
const setup = () => {
  vi.useFakeTimers()
  const server = new Server()
  const shelf = new Shelf()
  let nonce = 0
  return { server, shelf, outbox: new Outbox(server.post, shelf, () => `n${++nonce}`) }
}

test('a message whose answer was lost is posted once', async () => {
  const { server, outbox } = setup()
  server.fates = ['lose answer']
  outbox.send({ room: 'r', text: 'one' })
  await settled()
  outbox.drain()
  await settled()
  expect(server.texts).toEqual(['one'])
  expect(outbox.of('r').value[0]?.state).toBe('sent')
})

test('messages keep their order when the first is refused for a while', async () => {
  const { server, outbox } = setup()
  server.fates = [new Refused('rate_limited', 'wait', { retry_after: 2 })]
  for (const text of ['one', 'two', 'three']) outbox.send({ room: 'r', text })
  await settled()
  expect(server.texts).toEqual([])
  await vi.advanceTimersByTimeAsync(3000)
  expect(server.texts).toEqual(['one', 'two', 'three'])
})

test('a refused message does not hold up the next, and keeps its reason', async () => {
  const { server, outbox } = setup()
  server.fates = [new Refused('not_found', 'there is no such room')]
  outbox.send({ room: 'r', text: 'one' })
  outbox.send({ room: 'r', text: 'two' })
  await settled()
  expect(server.texts).toEqual(['two'])
  expect(outbox.of('r').value.find(({ text }) => text === 'one')).toMatchObject({
    state: 'failed',
    error: { code: 'not_found', message: 'there is no such room' },
  })
})

test('a quota that lasts until midnight is told and not waited for', async () => {
  const { server, outbox } = setup()
  server.fates = [new Refused('rate_limited', 'enough for today', { retry_after: 40_000 })]
  outbox.send({ room: 'r', text: 'one' })
  await settled()
  expect(outbox.of('r').value[0]).toMatchObject({ state: 'failed', error: { message: 'enough for today' } })
})

test('what the last run of the client left is sent, with its nonces', async () => {
  for (const state of ['waiting', 'sending', 'sent'] as const) {
    const { server, shelf } = setup()
    shelf.put(entry(state))
    const outbox = new Outbox(server.post, shelf)
    await outbox.restore()
    await settled()
    expect(server.posted.map(({ nonce }) => nonce)).toEqual(['old'])
  }
})

test('what a tab leaves that goes while others are being read is taken up as well', async () => {
  const { server, shelf, outbox } = setup()
  const reading = outbox.restore()
  shelf.put(entry('waiting'))
  void outbox.restore()
  await reading
  await settled()
  expect(server.texts).toEqual(['one'])
})

test('whatever is lost in whatever order, each message is posted once and in order', async () => {
  const fates = ['answer', 'lose answer', 'lose request'] as const
  for (let seed = 1; seed <= 60; seed++) {
    const { server, outbox } = setup()
    server.fates = Array.from({ length: 12 }, (_, i) => fates[(seed * 7 + i * (seed % 5)) % 3]!)
    const texts = ['a', 'b', 'c', 'd', 'e']
    for (const text of texts) outbox.send({ room: 'r', text })
    for (let i = 0; i < 20; i++) {
      await settled()
      outbox.drain()
    }
    expect(server.texts).toEqual(texts)
  }
})

test('a room waits as long as the server asked for, whatever comes meanwhile, and no other room does', async () => {
  const { server, outbox } = setup()
  server.fates = [new Refused('rate_limited', 'wait', { retry_after: 2 })]
  outbox.send({ room: 'r', text: 'one' })
  await settled()
  outbox.send({ room: 'r', text: 'two' })
  outbox.send({ room: 'other', text: 'three' })
  outbox.drain()
  await settled()
  expect(server.texts).toEqual(['three'])
  await vi.advanceTimersByTimeAsync(3000)
  expect(server.texts).toEqual(['three', 'one', 'two'])
})

test('the event takes an entry away, before or after the answer', async () => {
  const { server, outbox, shelf } = setup()
  const entry = outbox.send({ room: 'r', text: 'one' })
  outbox.confirm(entry.nonce)
  await settled()
  expect(server.texts).toEqual(['one'])
  expect(outbox.of('r').value).toEqual([])
  expect(shelf.kept.size).toBe(0)
})

/** The same numbers for the same seed (a linear congruential generator, constants of Numerical Recipes). */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

test('whatever breaks when, and however often the client starts anew, each message is posted once and in order', async () => {
  const fates = ['answer', 'lose answer', 'lose request'] as const
  for (let seed = 1; seed <= 80; seed++) {
    const { server, shelf } = setup()
    const next = random(seed)
    let nonce = 0
    const start = () => new Outbox(server.post, shelf, () => `n${++nonce}`)
    let outbox = start()
    const written: string[] = []
    for (let step = 0; step < 40; step++) {
      vi.setSystemTime(Date.now() + 1) // nobody writes two messages in one millisecond
      const limited = next(6) === 0
      server.fates.push(
        limited ? new Refused('rate_limited', 'wait', { retry_after: 1 }) : (fates[next(3)] ?? 'answer'),
      )
      switch (next(5)) {
        case 0:
        case 1:
          written.push(`${step}`)
          outbox.send({ room: 'r', text: `${step}` })
          break
        case 2:
          outbox.drain()
          break
        case 3:
          // The page is loaded anew, whatever state each entry is in; what the old one has asked may still arrive.
          outbox.close()
          outbox = start()
          void outbox.restore()
          break
        default:
          await vi.advanceTimersByTimeAsync(next(1500))
      }
      if (next(2) === 0) await settled()
    }
    server.fates = []
    outbox.close()
    outbox = start()
    await outbox.restore()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(server.texts, `seed ${seed}`).toEqual(written)
  }
})
