import { expect, test } from 'vitest'
import { language } from '../i18n/strings'
import type { CustomEmoji } from '../wire/contract'
import { allEmoji } from './emoji'
import { emojiNamed, findEmoji } from './find'

const found = async (typed: string, custom?: ReadonlyMap<string, CustomEmoji>) =>
  (await findEmoji(typed, custom)).map(({ emoji }) => emoji)

test('short names that begin as typed come first', async () => {
  expect((await found('thumbsup'))[0]).toBe('👍')
  expect((await found('smi')).length).toBeGreaterThan(3)
})

test('names are found in the language of the reader', async () => {
  language.value = 'de'
  expect(await found('katze')).toContain('🐈')
  language.value = 'en'
  expect(await found('katze')).toEqual([])
})

test('emoji of the space are found beside the others', async () => {
  const custom = new Map([['party_gear', { name: 'party_gear', image: 'f', by: 'a', at: 0 }]])
  expect((await found('party_g', custom))[0]).toBe(':party_gear:')
})

test('letters and skin tones are not listed by themselves', async () => {
  const all = (await allEmoji()).map(({ emoji }) => emoji)
  expect(all).not.toContain('🇦')
  expect(all).not.toContain('🏽')
  expect(all.length).toBeGreaterThan(1800)
})

test('a name means one emoji, by the names that people bring from elsewhere', async () => {
  for (const [name, emoji] of [
    ['tada', '🎉'],
    ['+1', '👍'],
    ['thumbsup', '👍'],
    ['thinking_face', '🤔'],
    ['slightly_smiling_face', '🙂'],
  ] as const)
    expect(await emojiNamed(name, undefined)).toBe(emoji)
  expect(await emojiNamed('no such thing', undefined)).toBeNull()
  expect(await emojiNamed('', undefined)).toBeNull()
})

test('what the space has under the name stays a name', async () => {
  const custom = new Map([['tada', { name: 'tada', image: 'f', by: 'a', at: 0 }]])
  expect(await emojiNamed('tada', custom)).toBeNull()
})
