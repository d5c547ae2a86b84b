import { expect, test } from 'vitest'
import type { Chat } from '../data/chat'
import { newestIn } from './newest'

test('a room into which old messages are imported stays where it is', () => {
  let hear: (frame: object) => void = () => {}
  const chat = {
    listen: (hears: typeof hear) => {
      hear = hears
    },
  }
  const newest = newestIn(chat as unknown as Chat)
  for (const at of [20, 5, 30, 7]) hear({ event: 'message.posted', stream: 'room/r', at })
  expect(newest.get('r')).toBe(30)
})
