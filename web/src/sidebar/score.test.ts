import { expect, test } from 'vitest'
import { score } from './score'

const best = (typed: string, names: string[]) =>
  names.toSorted((a, b) => score(typed, b) - score(typed, a))[0]

test('the beginning of a name counts more than the middle', () => {
  expect(best('gen', ['oxygen', 'general'])).toBe('general')
})

test('the beginning of a later word counts more than the middle of one', () => {
  expect(best('room', ['mushrooms', 'engine-room'])).toBe('engine-room')
})

test('case and accents do not count', () => {
  expect(score('cafe', 'Café')).toBe(10)
})

test('scattered letters are found in their order only', () => {
  expect(score('grl', 'general')).toBeGreaterThan(0)
  expect(score('lrg', 'general')).toBe(0)
})

test('signs that mean something in patterns are letters here', () => {
  expect(score('c++ (', 'learn c++ (basics)')).toBeGreaterThan(0)
})
