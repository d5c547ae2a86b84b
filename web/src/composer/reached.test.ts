import { expect, test } from 'vitest'
import { reached, wasSent } from './reached'

test('what was imported was not sent here, and what others wrote not by oneself', () => {
  expect(wasSent({ by: 'ann', nonce: 'n1' }, 'ann')).toBe(true)
  expect(wasSent({ by: 'ann', nonce: null }, 'ann')).toBe(false)
  expect(wasSent({ by: 'bob', nonce: 'n1' }, 'ann')).toBe(false)
})

test('how many are told where there may be several', () => {
  expect(reached({ delivered: 0, read: 0 }, {})).toEqual({ said: 'sent', count: 0 })
  expect(reached({ delivered: 3, read: 0 }, {})).toEqual({ said: 'delivered', count: 3 })
  expect(reached({ delivered: 3, read: 1 }, { accounts: ['a', 'b', 'c'] })).toEqual({
    said: 'read',
    count: 1,
  })
})

test('with one other there is nothing to count', () => {
  const two = { accounts: ['ann', 'bob'] }
  expect(reached({ delivered: 1, read: 0 }, two).said).toBe('delivered_one')
  expect(reached({ delivered: 1, read: 1 }, two).said).toBe('read_one')
})
