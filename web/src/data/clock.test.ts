import { expect, test } from 'vitest'
import { serverNow, setServerTime } from './clock'

test('a clock that is off by hours is put right by what the server says', () => {
  const ahead = 3 * 3_600_000
  expect(setServerTime(new Date(Date.now() + ahead).toUTCString(), 20)).toBeGreaterThan(ahead - 2000)
  expect(Math.abs(serverNow() - Date.now() - ahead)).toBeLessThan(2000)
})

test('what is no date changes nothing', () => {
  const before = setServerTime(new Date().toUTCString(), 0)
  expect(setServerTime('soon', 0)).toBe(before)
})
