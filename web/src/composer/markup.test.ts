import { expect, test } from 'vitest'
import { continued, linked, prefixed, type Selection, wrapped } from './markup'

/** `|` stands where the selection begins and ends. */
const sel = (marked: string): Selection => {
  const [a = '', b = '', c] = marked.split('|')
  return c === undefined
    ? { text: a + b, start: a.length, end: a.length }
    : { text: a + b + c, start: a.length, end: a.length + b.length }
}

test('a sign goes around the selection and away again', () => {
  const once = wrapped(sel('be |bold| now'), '**')
  expect(once).toEqual(sel('be **|bold|** now'))
  expect(wrapped(once, '**')).toEqual(sel('be |bold| now'))
})

test('each line of the selection is quoted, and the quote goes again', () => {
  const once = prefixed(sel('one\n|two\nthree|\nfour'), '> ')
  expect(once.text).toBe('one\n> two\n> three\nfour')
  expect(prefixed(once, '> ').text).toBe('one\ntwo\nthree\nfour')
})

test('lists go on, count, and end with an empty item', () => {
  expect(continued(sel('- tea|'))).toEqual(sel('- tea\n- |'))
  expect(continued(sel('9. tea|'))).toEqual(sel('9. tea\n10. |'))
  expect(continued(sel('- tea\n- |'))).toEqual(sel('- tea\n|'))
  expect(continued(sel('plain|'))).toBeNull()
})

test('a link takes the selection as its words, or as its address', () => {
  const words = linked({ text: 'see here now', start: 4, end: 8 })
  expect(words.text).toBe('see [here](https://) now')
  expect(words.text.slice(words.start, words.end)).toBe('https://')
  const address = linked({ text: 'https://a.b', start: 0, end: 11 })
  expect(address).toEqual({ text: '[](https://a.b)', start: 1, end: 1 })
})
