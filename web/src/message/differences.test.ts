import { expect, test } from 'vitest'
import { work } from '../../test/work'
import { differences } from './differences'

const shown = (before: string, after: string) =>
  differences(before, after)
    .map(({ kind, text }) => (kind === 'same' ? text : kind === 'added' ? `[+${text}]` : `[-${text}]`))
    .join('')

test('words that changed stand beside those that stayed', () => {
  expect(shown('see you at three', 'see you at four')).toBe('see you at [-three][+four]')
  expect(shown('tea', 'tea and cake')).toBe('tea[+ and cake]')
  expect(shown('a b c', 'a c')).toBe('a [-b ]c')
})

test('both texts can be read out of the parts, whatever they are', () => {
  const words = ['a', 'b', 'a b', 'c\n', ' ', 'dd', '']
  for (let seed = 0; seed < 200; seed++) {
    const text = (n: number) =>
      Array.from({ length: n % 9 }, (_, i) => words[(n * 7 + i * 3) % words.length]).join(' ')
    const [before, after] = [text(seed), text(seed * 5 + 3)]
    const parts = differences(before, after)
    const of = (kind: string) =>
      parts
        .filter((one) => one.kind !== kind)
        .map((one) => one.text)
        .join('')
    expect(of('added')).toBe(before)
    expect(of('removed')).toBe(after)
  }
})

test('very long texts take no long time', () => {
  const long = Array.from({ length: 5000 }, (_, i) => `w${i}`).join(' ')
  const worked = work()
  differences(long, long.split(' ').reverse().join(' '))
  expect(worked()).toBeLessThan(500)
})
