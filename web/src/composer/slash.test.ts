import { expect, test } from 'vitest'
import { called, literally, written } from './slash'

test.each([
  ['// the bolt is loose', '// the bolt is loose'], // a comment of a programmer's
  ['//example.org/a', '//example.org/a'],
  ['/etc/hosts', '/etc/hosts'],
  ['//shrug', '/shrug'],
  ['//shrug hm', '/shrug hm'],
  ['//Shrug', '/Shrug'],
  ['///shrug', '//shrug'],
  ['//me too\nand more', '/me too\nand more'],
])('%j says %j', (text, says) => {
  expect(called(text)).toBe(null)
  expect(literally(text)).toBe(says)
  expect(literally(written(says))).toBe(says)
})

test('a text calls a command with what stands behind its name', () => {
  expect(called(' /topic high\nwater ')).toEqual({ name: 'topic', rest: 'high\nwater' })
  expect(called('/Topic high water')).toEqual({ name: 'topic', rest: 'high water' }) // a phone's capital
  expect(called('/away')).toEqual({ name: 'away', rest: '' })
})
