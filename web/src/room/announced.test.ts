import { afterEach, expect, test } from 'vitest'
import { language } from '../i18n/strings'
import type { MessagePosted } from '../wire/contract'
import { announced } from './announced'

const file = (name: string) => ({ id: name, name, size: 1, type: 'image/png' })
const posted = (text: string, ...names: string[]) =>
  ({ text, attachments: names, files: names.map(file) }) as unknown as MessagePosted

afterEach(() => {
  language.value = 'en'
})

test('a message is said with its author, and without its marks', () => {
  expect(announced('Anna', posted('**tea** at three'))).toBe('Anna: tea at three')
  expect(announced(undefined, posted('tea'))).toBe('Somebody: tea')
})

test('a message of files only says what was sent', () => {
  expect(announced('Anna', posted('', 'photo.png'))).toBe('Anna sent photo.png')
  expect(announced('Anna', posted('', 'one.png', 'two.png'))).toBe('Anna sent 2 files')
  expect(announced('Anna', posted('look', 'one.png'))).toBe('Anna: look (with a file)')
  language.value = 'de'
  expect(announced('Anna', posted('', 'photo.png'))).toBe('Anna hat photo.png gesendet')
})

test('what an import brings is not said', () => {
  expect(announced('Anna', { ...posted('of long ago'), imported: '01IMPORT' })).toBe('')
})
