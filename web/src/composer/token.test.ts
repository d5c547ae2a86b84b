import { expect, test } from 'vitest'
import { closedName, replaced, tokenAt } from './token'

const at = (text: string) => {
  const caret = text.indexOf('|')
  return tokenAt(text.replace('|', ''), caret)
}

test('names begin behind their sign at the beginning of a word', () => {
  expect(at('hello @an|')).toMatchObject({ kind: 'person', typed: 'an', from: 6 })
  expect(at('#gen|')).toMatchObject({ kind: 'room', typed: 'gen' })
  expect(at('nice :smi|')).toMatchObject({ kind: 'emoji', typed: 'smi' })
})

test('names begin wherever the text, once sent, has them: in brackets, in emphasis, between words without spaces', () => {
  expect(at('hello (@an|')).toMatchObject({ kind: 'person', typed: 'an', from: 7, to: 10 })
  expect(at('**@an|')).toMatchObject({ kind: 'person', typed: 'an', from: 2 })
  expect(at('请看@an|')).toMatchObject({ kind: 'person', typed: 'an', from: 2 })
  expect(at('＠an|')).toMatchObject({ kind: 'person', typed: 'an', from: 0 })
  expect(at('("#gen|')).toMatchObject({ kind: 'room', typed: 'gen', from: 2 })
  expect(at('(:smi|')).toMatchObject({ kind: 'emoji', typed: 'smi', from: 1 })
})

test('addresses, times and faces are no names', () => {
  for (const text of ['ann@exam|', 'at 12:30|', ':)|', ':D|', 'a#b|', 'https://x.org/@an|', 'x.org/#an|'])
    expect(at(text)).toBeNull()
})

test('a command stands at the beginning only', () => {
  expect(at('/to|')).toMatchObject({ kind: 'command', typed: 'to' })
  expect(at('see /to|')).toBeNull()
})

test('nothing is a name in code', () => {
  expect(at('`@an|')).toBeNull()
  expect(at('```\n@an|')).toBeNull()
  expect(at('```\ncode\n```\n@an|')).toMatchObject({ typed: 'an' })
})

test('choosing replaces the word and leaves one space', () => {
  const token = at('hi @an| there')!
  expect(replaced('hi @an there', token, '@ann')).toEqual({ text: 'hi @ann there', caret: 8 })
  expect(replaced('@an', at('@an|')!, '@ann')).toEqual({ text: '@ann ', caret: 5 })
})

test('the second colon closes the name of an emoji', () => {
  const closed = (text: string) => closedName(text.replace('|', ''), text.indexOf('|'))
  expect(closed('so :tada:| now')).toEqual({ kind: 'emoji', typed: 'tada', from: 3, to: 9 })
  expect(closed(':+1:|')).toMatchObject({ typed: '+1' })
  for (const text of ['so :tada|:', '12:30:|', 'note:|', '::|', '`:tada:|', '@ann:|', 'a:tada:|'])
    expect(closed(text)).toBeNull()
})
