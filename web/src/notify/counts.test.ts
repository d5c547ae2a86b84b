import { expect, it } from 'vitest'
import type { OwnRoom, Subscription } from '../wire/contract'
import { countsOf, titleOf } from './counts'

const room = (fields: Partial<OwnRoom>) =>
  ({ id: 'r', kind: 'text', unread: 0, mentions: 0, ...fields }) as OwnRoom
const heard = () => undefined

it('mentions and direct messages call, the rest is news', () => {
  const rooms = [room({ unread: 5, mentions: 2 }), room({ kind: 'direct', unread: 3 })]
  expect(countsOf(rooms, heard, 0)).toEqual({ calls: 5, news: true })
  expect(countsOf([room({ unread: 5 })], heard, 0)).toEqual({ calls: 0, news: true })
  expect(countsOf([room({})], heard, 0)).toEqual({ calls: 0, news: false })
})

it('rooms that one does not hear, that are archived, or that are only asked for do not call', () => {
  const unread = { unread: 5, mentions: 5 }
  const muted: Subscription = { room: 'r', level: null, muted_until: 10 }
  expect(countsOf([room(unread)], () => muted, 5).news).toBe(false)
  expect(countsOf([room(unread)], () => muted, 15).calls).toBe(5)
  expect(countsOf([room(unread)], () => ({ ...muted, muted_until: null, level: 'none' }), 5).news).toBe(false)
  expect(countsOf([room({ ...unread, archived: true })], heard, 0).news).toBe(false)
  expect(countsOf([room({ kind: 'direct', unread: 3, request: true })], heard, 0).calls).toBe(0)
})

it('the title begins with what calls', () => {
  expect(titleOf({ calls: 3, news: true }, 'Square', 'Hopper')).toBe('(3) Square – Hopper')
  expect(titleOf({ calls: 100, news: true }, null, '')).toBe('(99+) chatd')
  expect(titleOf({ calls: 0, news: true }, null, 'Hopper')).toBe('• Hopper')
  expect(titleOf({ calls: 0, news: false }, 'Square', 'Hopper')).toBe('Square – Hopper')
})
