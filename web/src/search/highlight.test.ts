import { expect, test } from 'vitest'
import { marked } from './highlight'

test('positions count characters, not units', () => {
  expect(marked('🎉 tea', [[2, 5]])).toEqual([
    { text: '🎉 ', marked: false },
    { text: 'tea', marked: true },
  ])
})

test('positions that make no sense are passed over, and no text is lost', () => {
  const parts = marked('abc', [
    [2, 9],
    [1, 1],
    [0, 2],
    [1, 3],
  ])
  expect(parts.map(({ text }) => text).join('')).toBe('abc')
})

const shown = (text: string, ...words: string[]) =>
  marked(
    text,
    words.map((word): [number, number] => [text.indexOf(word), text.indexOf(word) + word.length]),
  )
    .map(({ text: part, marked: is }) => (is ? `[${part}]` : part))
    .join('')

test('the signs of Markdown are no part of what is shown, and what was found is still marked', () => {
  expect(shown('the **difference** engine is _back_', 'difference', 'back')).toBe(
    'the [difference] engine is [back]',
  )
  expect(shown('> it fails\n\n- tea\n- `mill.c` holds', 'tea', 'mill')).toBe('it fails [tea] [mill].c holds')
  expect(shown('see [the *drawings*](https://example.org/a) soon', 'drawings')).toBe(
    'see the [drawings] soon',
  )
  expect(shown('```python\nfeed(card)\n```', 'card')).toBe('feed([card])')
})

test('a hidden spoiler stays hidden, whatever was found in it', () => {
  expect(shown('the end: ||everybody lives|| so there', 'lives', 'there')).toBe('the end: ▒▒▒ so [there]')
})

test('a person and a room stay what they are', () => {
  expect(shown('@ann is in #general', 'ann', 'general')).toBe('@[ann] is in #[general]')
})
