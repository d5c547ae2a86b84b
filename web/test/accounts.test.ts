/** Tokens: two tabs never rotate one twice, and a clock that is wrong signs nobody out. */

import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { Accounts, type KnownAccount, type Lock, type TokenShelf } from '../src/data/accounts'
import { Chat } from '../src/data/chat'
import { askOnce } from '../src/data/connection'
import { SocketLink } from '../src/data/link'
import { Refused } from '../src/data/refusal'
import { MemoryLocks } from './locks'
import { Server } from './server'
import { until } from './until'

const HOUR = 3600_000
const PASSWORD = 'a right horse with a battery'
let server: Server
let asked = 0

beforeAll(async () => {
  server = await Server.start()
  await server.ask('account.create', { name: 'tess', password: PASSWORD })
})

afterEach(() => vi.restoreAllMocks())

afterAll(() => server?.close())

/** What several tabs of one browser share. */
function browser() {
  let kept: readonly KnownAccount[] = []
  const shelf: TokenShelf = {
    read: () => kept,
    write: (accounts) => {
      asked += 1
      kept = accounts
    },
  }
  const locks = new MemoryLocks()
  const lock: Lock = (name, work) => locks.request(name, {}, work) as ReturnType<typeof work>
  return { tab: () => new Accounts(server.url, shelf, lock), shelf }
}

const signIn = () => askOnce(server.url, 'account.sign_in', { name: 'tess', password: PASSWORD })

function chatOf(accounts: Accounts, id: string): Chat {
  const shelf = {
    put: () => undefined,
    remove: () => undefined,
    all: async () => [],
    watch: () => () => undefined,
  }
  return new Chat(
    (options) =>
      new SocketLink({
        url: server.url,
        token: (fresh) => accounts.token(id, fresh),
        random: () => 0,
        ...options,
      }),
    shelf,
  )
}

it('ten tabs that need a new token at once get one', async () => {
  const { tab, shelf } = browser()
  const { id } = tab().add(await signIn())
  shelf.write(shelf.read().map((account) => ({ ...account, expires_at: 0 })))
  asked = 0
  const tokens = await Promise.all(Array.from({ length: 10 }, () => tab().token(id)))
  expect(new Set(tokens).size).toBe(1)
  expect(asked).toBe(1)
})

it.each([-5 * HOUR, 5 * HOUR])('a clock that is off by %i ms signs nobody out', async (off) => {
  const now = Date.now
  vi.spyOn(Date, 'now').mockImplementation(() => now() + off)
  const { tab } = browser()
  const accounts = tab()
  const { id } = accounts.add(await signIn())
  const chat = chatOf(accounts, id)
  await until('the session is open', () => chat.status.value.state === 'open')
  chat.close()
})

it('a clock that jumps while a token lives asks for another, once', async () => {
  const { tab } = browser()
  const accounts = tab()
  const { id, access_token } = accounts.add(await signIn())
  const now = Date.now
  vi.spyOn(Date, 'now').mockImplementation(() => now() + 5 * HOUR)
  const second = await accounts.token(id)
  expect(second).not.toBe(access_token)
  expect(await accounts.token(id)).toBe(second)
  vi.spyOn(Date, 'now').mockImplementation(() => now() - 5 * HOUR)
  const chat = chatOf(accounts, id)
  await until('the session is open', () => chat.status.value.state === 'open')
  chat.close()
})

it('a device that was ended signs out, with a reason, and does not try for ever', async () => {
  const { tab } = browser()
  const accounts = tab()
  const { id } = accounts.add(await signIn())
  const chat = chatOf(accounts, id)
  await until('the session is open', () => chat.status.value.state === 'open')
  const token = await accounts.token(id)
  await server.as({ id, name: 'tess', token }, (ask) => ask('account.sign_out', {}))
  await until('it ends', () => chat.status.value.state === 'ended')
  expect(chat.status.value).toMatchObject({ state: 'ended', why: 'signed_out' })
  await expect(accounts.token(id, true)).rejects.toBeInstanceOf(Refused)
  const late = chatOf(accounts, id)
  await until('it ends', () => late.status.value.state === 'ended')
  expect(late.status.value).toMatchObject({ why: 'signed_out' })
})
