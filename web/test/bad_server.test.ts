/** A server that sends what cannot be read, or never answers: the client says so, and goes on where it was. */

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Chat } from '../src/data/chat'
import { Connection } from '../src/data/connection'
import { Lost } from '../src/data/refusal'
import { chatOf } from './chats'
import { until } from './until'

const ME = { id: 'a', name: 'a', token: 't' }
const ACCOUNT = {
  id: 'a',
  name: 'a',
  display_name: 'A',
  about: null,
  avatar: null,
  admin: false,
  disabled: false,
  deleted: false,
  bot: false,
  owner: null,
  created_at: 0,
}
const ROOM = {
  id: 'r',
  space: null,
  name: 'R',
  kind: 'text',
  private: false,
  topic: null,
  archived: false,
  locked: false,
  slow_mode: 0,
  keep_days: null,
  hold: false,
  created_at: 0,
  head: 1,
  read: 0,
  unread: 0,
  mentions: 0,
  role: null,
}
let closing: (() => void)[] = []

afterEach(() => {
  for (const close of closing) close()
  closing = []
})

interface Asked {
  readonly id: number
  readonly command?: string
  readonly query?: string
  readonly data: { cursor?: unknown }
}

/** A server that does as it is told; `cursors` are those that clients came with. */
async function pretender(opened: (socket: WebSocket, times: number) => void, answers = true) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const cursors: unknown[] = []
  server.on('connection', (socket) => {
    socket.on('message', (bytes) => {
      for (const line of String(bytes).split('\n')) {
        const { id, command, data } = JSON.parse(line) as Asked
        if (command === 'session.open') {
          cursors.push(data.cursor)
          const result = {
            account: ACCOUNT,
            session: 's',
            server: { name: 'S', version: '1' },
            limits: {},
            epoch: 'e',
            position: 1,
            hash: 'abcdefabcdef',
            spaces: [],
            rooms: [ROOM],
            resumed: data.cursor !== undefined,
          }
          socket.send(JSON.stringify({ id, result }))
          opened(socket, cursors.length)
        } else if (answers)
          socket.send(JSON.stringify({ id, error: { code: 'not_found', message: 'nothing' } }))
      }
    })
  })
  const { port } = server.address() as AddressInfo
  closing.push(() => server.close())
  return { url: `ws://127.0.0.1:${port}/ws`, cursors }
}

function chatWith(url: string): Chat {
  const chat = chatOf(ME, url)
  closing.push(() => chat.close())
  return chat
}

const posted = (position: number) => ({
  event: 'message.posted',
  stream: 'room/r',
  seq: position,
  position,
  hash: 'abcdefabcdef',
  at: 1,
  by: 'b',
  data: { text: `${position}` },
})

it.each([
  'this is no JSON',
  '[]',
  'null',
  '{"event": "message.posted"}',
  '{"event": "message.posted", "stream": "room/r", "seq": 3, "position": "x", "data": {}}',
  '{"event": "message.posted", "stream": "room/r", "seq": 3, "position": 3, "data": null}',
])('after the frame %s it connects again where it was', async (garbage) => {
  const { url, cursors } = await pretender((socket, times) => {
    if (times === 1) socket.send(`${JSON.stringify(posted(2))}\n${garbage}`)
    else socket.send(JSON.stringify(posted(3)))
  })
  const chat = chatWith(url)
  await until('it says why', () => chat.status.value.state === 'waiting')
  expect(chat.status.value).toMatchObject({ why: 'garbled' })
  await until('the next message', () => chat.store.rooms.row('r').value?.head === 3)
  expect(cursors).toEqual([undefined, { epoch: 'e', position: 2, hash: 'abcdefabcdef' }])
})

it('frames that it does not know cost nothing', async () => {
  const unknown = { ...posted(2), event: 'moon.risen', stream: 'moon/m' }
  const { url } = await pretender((socket) =>
    socket.send(
      [unknown, { signal: 'tide', stream: 'sea/s', by: 'x', data: {} }, posted(3)]
        .map((one) => JSON.stringify(one))
        .join('\n'),
    ),
  )
  const chat = chatWith(url)
  await until('the next message', () => chat.store.rooms.row('r').value?.head === 3)
  expect(chat.status.value.state).toBe('open')
})

it('an event whose data is of another shape costs that event only', async () => {
  const odd = { ...posted(2), event: 'space.updated', stream: 'space/none', data: { name: 5 } }
  const { url } = await pretender((socket) =>
    socket.send([odd, posted(3)].map((one) => JSON.stringify(one)).join('\n')),
  )
  const chat = chatWith(url)
  await until('the next message', () => chat.store.rooms.row('r').value?.head === 3)
})

it('an answer that never comes is not waited for longer than its deadline', async () => {
  const { url } = await pretender(() => undefined, false)
  const chat = chatWith(url)
  await until('the session is open', () => chat.status.value.state === 'open')
  await expect(chat.ask('block.list', {}, 50)).rejects.toBeInstanceOf(Lost)
})

it('a socket that never opens is not waited for longer than its deadline', async () => {
  const silent = (await import('node:net')).createServer(() => undefined)
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  closing.push(() => silent.close())
  const { port } = silent.address() as AddressInfo
  await expect(Connection.open(`ws://127.0.0.1:${port}/ws`, 50)).rejects.toBeInstanceOf(Lost)
})

it('a server that takes sessions and drops them at once is asked less and less often', async () => {
  const { url, cursors } = await pretender((socket) => socket.terminate())
  const chat = chatWith(url)
  const waits: number[] = []
  for (let times = 0; times < 3; times++) {
    await until('it waits', () => chat.status.value.state === 'waiting')
    if (chat.status.value.state === 'waiting') waits.push(chat.status.value.until - Date.now())
    chat.retry()
    await until('it tries', () => cursors.length > times + 1 || chat.status.value.state === 'connecting')
  }
  expect(waits[2]!).toBeGreaterThan(waits[0]! * 2)
})

it('while it tries again it says why the last try failed', async () => {
  const { url } = await pretender((socket) => socket.terminate())
  const chat = chatWith(url)
  const reasons: unknown[] = []
  const stop = chat.status.subscribe((status) => {
    if (status.state === 'connecting') reasons.push(status.why)
  })
  await until('it waits', () => chat.status.value.state === 'waiting')
  chat.retry()
  await until('it waits again', () => reasons.length > 1 && chat.status.value.state === 'waiting')
  stop()
  expect(reasons).toEqual([undefined, 'lost'])
})
