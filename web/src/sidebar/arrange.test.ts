import { expect, test } from 'vitest'
import type { OwnRoom, OwnSpace } from '../wire/contract'
import { arrange, moved, NO_ORDER, placesOf, sorted, stepped } from './arrange'

const space = { id: 's', name: 'Space' } as OwnSpace
const room = (id: string, more: Partial<OwnRoom> = {}) =>
  ({ id, name: id, space: 's', kind: 'text', archived: false, ...more }) as OwnRoom
const ids = (rooms: readonly OwnRoom[]) => rooms.map(({ id }) => id)

test('rooms stand in the own order, then by name', () => {
  const rooms = ['b', 'a', 'z', 'room 10', 'room 9'].map((id) => room(id))
  const arranged = arrange(rooms, [space], { ...NO_ORDER, room_order: ['z', 'gone', 'b'] }, () => 0)
  expect(ids(arranged.spaces[0]!.rooms)).toEqual(['z', 'b', 'a', 'room 9', 'room 10'])
})

test('a favourite stands above, in its order, and not again below', () => {
  const arranged = arrange(
    [room('a'), room('b'), room('c')],
    [space],
    { ...NO_ORDER, favourites: ['c', 'left', 'a'] },
    () => 0,
  )
  expect(ids(arranged.favourites)).toEqual(['c', 'a'])
  expect(ids(arranged.spaces[0]!.rooms)).toEqual(['b'])
})

test('archived rooms are not listed', () => {
  expect(ids(arrange([room('a', { archived: true })], [space], NO_ORDER, () => 0).spaces[0]!.rooms)).toEqual(
    [],
  )
})

test('direct rooms stand with requests first, then the newest', () => {
  const direct = (id: string, request = false) => room(id, { kind: 'direct', space: null, request })
  const at: Record<string, number> = { old: 1, new: 9, asked: 0 }
  const arranged = arrange(
    [direct('old'), direct('asked', true), direct('new')],
    [],
    NO_ORDER,
    ({ id }) => at[id]!,
  )
  expect(ids(arranged.direct)).toEqual(['asked', 'new', 'old'])
})

test('moving puts an id before another, or last', () => {
  expect(moved(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b'])
  expect(moved(['a', 'b'], 'a', null)).toEqual(['b', 'a'])
  expect(moved(['a', 'b'], 'x', 'b')).toEqual(['a', 'x', 'b'])
})

test('what is read and counted changes no room’s place, what it is called and a newer word in a direct room do', () => {
  const newest = (one: OwnRoom) => one.head
  const before = placesOf([room('a', { unread: 0 }), room('d', { kind: 'direct', head: 1 })], newest)
  expect(placesOf([room('a', { unread: 7, head: 9 }), room('d', { kind: 'direct', head: 1 })], newest)).toBe(
    before,
  )
  expect(placesOf([room('a', { name: 'b' }), room('d', { kind: 'direct', head: 1 })], newest)).not.toBe(
    before,
  )
  expect(placesOf([room('a'), room('d', { kind: 'direct', head: 2 })], newest)).not.toBe(before)
})

test('a space goes one place up or down among those that are shown, and no further', () => {
  const spaces = ['Zoo', 'Apple', 'Moon'].map((name) => ({ id: name, name }))
  const shown = sorted(spaces, []).map(({ id }) => id)
  expect(stepped(shown, 'Apple', 1)).toEqual(['Moon', 'Apple', 'Zoo'])
  expect(stepped(shown, 'Zoo', -1)).toEqual(['Apple', 'Zoo', 'Moon'])
  expect([stepped(shown, 'Apple', -1), stepped(shown, 'Zoo', 1)]).toEqual([null, null])
})
