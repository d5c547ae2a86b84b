import { expect, test } from 'vitest'
import { tested } from './tested'

test('a push that was sent says where to look if it does not appear', () => {
  expect(tested({ outcome: 'sent', reason: null })).toContain('settings of this device')
})

test('one that was not sent says why', () => {
  const reason = 'push.example.org answered 403'
  expect(tested({ outcome: 'refused', reason })).toContain(reason)
  expect(tested({ outcome: 'gone', reason: 'push.example.org answered 410' })).toContain('on again')
})
