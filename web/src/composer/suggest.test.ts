import { expect, test, vi } from 'vitest'
import type { Member } from '../wire/contract'
import { COMMANDS, commandIn } from './commands'
import { commands, people } from './suggest'

// What the commands open is of a browser.
vi.mock('../sidebar/dialogs', () => ({ ShortcutHelp: () => null }))
vi.mock('../ui/toasts', () => ({ toast: () => undefined }))

const member = (name: string, display_name: string, disabled = false) =>
  ({ account: name, name, display_name, disabled, role: 'member', joined_at: 0, bot: false }) as Member
const MEMBERS = [
  member('rosa', 'Rosa Lux'),
  member('jerome', 'Jérôme Ωmega'),
  member('lux2', 'Somebody'),
  member('gone', 'Gone Girl', true),
]
const found = (typed: string, loud = false) => people(typed, MEMBERS, loud).map(({ text }) => text)

test('people are found by either name, whatever the case and the accents', () => {
  expect(found('JER')).toEqual(['@jerome'])
  expect(found('jéro')).toEqual(['@jerome'])
  expect(found('ωm')).toEqual(['@jerome'])
  expect(found('lux')).toEqual(expect.arrayContaining(['@rosa', '@lux2']))
  expect(found('nobody')).toEqual([])
})

test('who is shut out is not offered, and everybody at once only where that calls somebody', () => {
  expect(found('gone')).toEqual([])
  expect(found('')).not.toContain('@room')
  expect(found('', true)).toEqual(expect.arrayContaining(['@room', '@here']))
  expect(found('he', true)).toEqual(['@here'])
})

test('a text is a command only at its very beginning, and two slashes make a message of it', () => {
  expect(commandIn('/topic tea')?.command?.name).toBe('topic')
  expect(commandIn('/topic tea')?.rest).toBe('tea')
  expect(commandIn('/nonsense')).toEqual({ name: 'nonsense', command: undefined, rest: '' })
  for (const text of ['//topic', 'see /topic', '/etc/passwd', '/', '/ topic'])
    expect(commandIn(text)).toBeNull()
})

test('every command says what it does, and is offered by its first letters', () => {
  for (const { does } of COMMANDS) expect(does()).not.toBe('')
  expect(commands('mu').map(({ text }) => text)).toEqual(['/mute'])
  expect(commands('').length).toBeGreaterThan(5)
})
