import { expect, test } from 'vitest'
import type { OwnRoom, Profile } from '../wire/contract'
import { isJumbo } from './jumbo'
import { markdown } from './markdown'
import { mentioned, mentionedBefore } from './mentions'
import { roomOfTag, roomTag } from './room_tag'
import { size } from './sizes'

const NAMES: Record<string, string> = { A: 'ann', B: 'bob.', C: 'ann-marie', D: '安', E: 'राम', F: 'र' }
const profile = (id: string) => (NAMES[id] === undefined ? undefined : ({ name: NAMES[id] } as Profile))

test.each([
  ['@ann', ['A'], 'A', ''],
  ['@ANN', ['A'], 'A', ''],
  ['@ann.', ['A'], 'A', '.'],
  ['@bob.', ['B'], 'B', ''],
  ['@ann-marie', ['A', 'C'], 'C', ''],
  ['@ann-', ['A', 'C'], 'A', '-'],
  ['@annさん', ['A'], 'A', 'さん'],
  ['＠ann', ['A'], 'A', ''],
  ['@room', ['room'], 'room', ''],
  ['@here-', ['here', 'A'], 'here', '-'],
  ['@राम।', ['E', 'F'], 'E', '।'],
  ['@राम', ['F'], null, ''],
  ['@annabel', ['A'], null, ''],
  ['@ann', ['B'], null, ''],
  ['@room', [], null, ''],
])('%s among %j means %j', (text, mentions, who, rest) => {
  const found = mentioned(text, mentions, profile)
  expect(found === null ? null : found.kind === 'account' ? found.id : found.name).toBe(who)
  if (found !== null) expect(found.rest).toBe(rest)
})

test.each([
  // A was called anna when this was written.
  ['@anna', 'hello @anna.', ['A'], 'A', ''],
  ['@Anna.', 'hello @Anna. and @anna', ['A'], 'A', '.'],
  ['@anna', '@anna and @ann-marie', ['A', 'C'], 'A', ''],
  ['@सीता', '@सीता, @राम', ['A', 'E'], 'A', ''],
  // Who is meant cannot be told.
  ['@anna', '@anna and @nobody', ['A'], null, ''],
  ['@anna', '@anna, @clara', ['A', 'C'], null, ''],
  ['@nobody', '@ann and @nobody', ['A'], null, ''],
  ['@anna', '@anna and @here', ['here', 'A'], null, ''],
])('%s in %j, which mentions %j, means %j by an earlier name', (text, message, mentions, who, rest) => {
  const found = mentionedBefore(text, message, mentions, profile)
  expect(found?.kind === 'account' ? found.id : null).toBe(who)
  if (found !== null) expect(found.rest).toBe(rest)
})

test('a room is found by its tag: in its space first, whatever the case, with hyphens for spaces', () => {
  const room = (id: string, space: string, name: string) => ({ id, space, name, kind: 'text' }) as OwnRoom
  const rooms = [room('1', 'x', 'Board games'), room('2', 'y', 'board Games'), room('3', 'x', 'Lounge')]
  expect(roomTag('Board games')).toBe('#Board-games')
  expect(roomOfTag(rooms, 'y', '#board-games')?.id).toBe('2')
  expect(roomOfTag(rooms, 'z', '#board-games')?.id).toBe('1')
  expect(roomOfTag(rooms, 'x', '#lounge')?.id).toBe('3')
  expect(roomOfTag(rooms, 'x', '#nowhere')).toBeNull()
})

test.each([
  ['👍', true],
  ['👍🎉 ❤️', true],
  ['👩‍👩‍👧🇩🇪1️⃣', true],
  [':tide: 👍', true],
  ['👍👍👍👍👍👍👍', false],
  ['👍 ok', false],
  ['12', false],
  ['**👍**', false],
  ['👍\n👍', false],
])('%s is nothing but a few emoji: %s', (text, jumbo) => {
  expect(isJumbo(markdown(text))).toBe(jumbo)
})

test('sizes are said with the unit that fits', () => {
  expect(size(1)).toMatch(/^1 ?byte$/)
  expect(size(1_500)).toBe('1.5 kB')
  expect(size(12_345_678)).toBe('12 MB')
  expect(size(5_000_000_000)).toBe('5 GB')
})
