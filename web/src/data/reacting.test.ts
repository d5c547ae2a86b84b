import { expect, test } from 'vitest'
import { given, shownReactions } from './reacting'

const TEA = { emoji: '🍵', count: 2, accounts: ['ann', 'bob'] }
const NOBODY = new Set<string>()

test('a reaction that was just pressed counts at once', () => {
  expect(shownReactions([TEA], new Map([['🍵', true]]), 'me', NOBODY)).toEqual([
    { emoji: '🍵', count: 3, accounts: ['ann', 'bob', 'me'] },
  ])
  expect(shownReactions([], new Map([['🎉', true]]), 'me', NOBODY)).toEqual([
    { emoji: '🎉', count: 1, accounts: ['me'] },
  ])
})

test('when the server has said so too it counts once', () => {
  const both = [{ emoji: '🍵', count: 3, accounts: ['ann', 'bob', 'me'] }]
  expect(shownReactions(both, new Map([['🍵', true]]), 'me', NOBODY)).toEqual(both)
})

test('the last one that is taken back is gone at once', () => {
  const mine = [{ emoji: '🍵', count: 1, accounts: ['me'] }]
  expect(shownReactions(mine, new Map([['🍵', false]]), 'me', NOBODY)).toEqual([])
})

test('what the blocked gave is neither counted nor named', () => {
  expect(shownReactions([TEA], new Map(), 'me', new Set(['bob']))).toEqual([
    { emoji: '🍵', count: 1, accounts: ['ann'] },
  ])
  expect(shownReactions([TEA], new Map(), 'me', new Set(['ann', 'bob']))).toEqual([])
})

test('of many the first hundred are named and all are counted', () => {
  const many = { emoji: '🍵', count: 250, accounts: Array.from({ length: 100 }, (_, at) => `a${at}`) }
  expect(shownReactions([many], new Map(), 'me', new Set(['a7']))[0]?.count).toBe(249)
  expect(given([many], '🍵', 'a7')).toBe(true)
  expect(given([many], '🎉', 'a7')).toBe(false)
})
