import { expect, test } from 'vitest'
import type { Message } from '../wire/contract'
import { rowsOf } from './rows'

const MINUTE = 60_000
const NOON = new Date(2026, 4, 4, 12).getTime()

function message(seq: number, by: string, at: number, more: Partial<Message> = {}): Message {
  return {
    seq,
    position: seq,
    at,
    by,
    text: 'x',
    nonce: null,
    reply_to: null,
    attachments: [],
    files: [],
    mentions: [],
    reactions: [],
    edited_at: null,
    expires_at: null,
    deleted: false,
    pinned: false,
    thread: null,
    ...more,
  }
}

const short = (messages: readonly Message[], read: number | null = null) =>
  rowsOf(messages, read, 'me').map((row) =>
    row.kind === 'message' ? `${row.message.seq}${row.grouped ? '+' : ''}` : row.kind,
  )

test('one author within five minutes stands under one head', () => {
  expect(
    short([
      message(1, 'a', NOON),
      message(2, 'a', NOON + 4 * MINUTE),
      message(3, 'b', NOON + 4 * MINUTE),
      message(4, 'b', NOON + 10 * MINUTE),
      message(5, 'b', NOON + 10 * MINUTE, { reply_to: 1 }),
    ]),
  ).toEqual(['day', '1', '2+', '3', '4', '5'])
})

test('a day stands above its first message', () => {
  const midnight = new Date(2026, 4, 5).getTime()
  expect(short([message(1, 'a', midnight - 1), message(2, 'a', midnight)])).toEqual(['day', '1', 'day', '2'])
})

test('the line stands above the first unread message of somebody else that is there', () => {
  const messages = [
    message(1, 'a', NOON),
    message(2, 'me', NOON),
    message(3, 'a', NOON, { deleted: true }),
    message(4, 'a', NOON),
    message(5, 'a', NOON),
  ]
  expect(short(messages, 1)).toEqual(['day', '1', '2', '3', 'unread', '4', '5+'])
  expect(short(messages, 5)).not.toContain('unread')
})
