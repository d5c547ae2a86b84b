import { expect, test } from 'vitest'
import { allEmoji } from '../emoji/emoji'
import { qualified } from './qualified'

test('a heart gets its selector, a thumb needs none', () => {
  expect(qualified('❤')).toBe('❤\ufe0f')
  expect(qualified('👍\ufe0f')).toBe('👍')
  expect(qualified('1\u20e3')).toBe('1\ufe0f\u20e3')
  expect(qualified('✋\ufe0f🏽')).toBe('✋🏽')
  expect(qualified(':party:')).toBe(':party:')
})

test('every emoji of the picker is in the form that the server keeps', async () => {
  const all = (await allEmoji()).flatMap(({ emoji, tones }) => [emoji, ...tones])
  expect(all.filter((emoji) => qualified(emoji) !== emoji)).toEqual([])
})
