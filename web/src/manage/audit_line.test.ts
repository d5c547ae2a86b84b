import { expect, test } from 'vitest'
import type { AuditEntry } from '../wire/contract'
import { auditLine, KINDS_OF_SERVER, KINDS_OF_SPACE, partsOf, toldOnce } from './audit_line'
import { t } from './audit_words'

const entry = (type: string, data: object = {}, stream = 'space/s1', by = 'ann'): AuditEntry => ({
  position: 1,
  stream,
  seq: 1,
  type,
  at: 0,
  by,
  data: data as AuditEntry['data'],
})

/** The sentence, with ids where the reader is shown names. */
function read(one: AuditEntry): string {
  const { key, by, whom, room, values } = auditLine(one)
  const named: Record<string, string | null> = { ...values, by, whom, room }
  if (values.subject === '') named.subject = whom
  return partsOf(t(key))
    .map(({ text, named: is }) => (is ? named[text] : text))
    .join('')
}

test('what was done to somebody is a sentence', () => {
  expect(read(entry('member.banned', { account: 'bob', until: null }))).toBe('ann banned bob for ever')
  expect(read(entry('member.role_set', { account: 'bob', before: 'member', role: 'admin' }))).toBe(
    'ann changed the role of bob from Member to Admin',
  )
  expect(read(entry('account.updated', { disabled: true }, 'account/bob'))).toBe(
    'ann disabled the account bob',
  )
})

test('who comes and who is brought are told apart, in a space and in a room', () => {
  expect(read(entry('member.joined', { account: 'ann' }))).toBe('ann joined the space')
  expect(read(entry('member.joined', { account: 'bob' }, 'room/r1'))).toBe('ann added bob to r1')
  expect(read(entry('member.kicked', { account: 'bob' }, 'room/r1'))).toBe('ann removed bob from r1')
})

test('an override names the role or the person, and the right', () => {
  const one = { right: 'message.post', allow: false }
  expect(read(entry('room.override_set', { ...one, role: 'guest' }, 'room/r1'))).toBe(
    'ann forbade Guest in r1: Write messages',
  )
  expect(read(entry('room.override_set', { ...one, account: 'bob' }, 'room/r1'))).toBe(
    'ann forbade bob in r1: Write messages',
  )
})

test('what was set stands behind the sentence', () => {
  const { key, details } = auditLine(entry('room.updated', { name: 'tea', slow_mode: 5 }, 'room/r1'))
  expect([key, ...details]).toEqual(['room.updated', 'Name: tea', 'Slow mode: 5 s'])
})

test('every kind has a name and no braces are left; one of a later server is shown as it is called', () => {
  for (const kind of [...KINDS_OF_SPACE, ...KINDS_OF_SERVER]) {
    expect(t(`kind_${kind}`)).not.toContain('.')
    expect(auditLine(entry(kind)).key).not.toBe('unknown')
  }
  expect(read(entry('tea.made'))).toBe('ann: tea.made')
})

test('a name with braces in it is no place for somebody', () => {
  expect(read(entry('emoji.added', { name: '{by}' }))).toBe('ann added the emoji :{by}:')
})

test('a room that was made stands there once', () => {
  const bySpace = entry('room.created', { room: 'r1', name: 'dock' })
  const byRoom = entry('room.created', { name: 'dock' }, 'room/r1')
  const joined = entry('member.joined', { account: 'ann' }, 'room/r1')
  expect(toldOnce([bySpace, joined, byRoom])).toEqual([joined, byRoom])
  expect(toldOnce([bySpace, joined])).toEqual([bySpace, joined]) // the other is on the next page, or not for the reader
})
