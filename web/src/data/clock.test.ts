import { expect, test } from 'vitest'
import { inAnHour, nextMonday, tomorrow } from '../composer/later'
import { day, lookAtCalendar } from '../text/dates'
import { serverNow, setServerTime } from './clock'
import { Files } from './files'

test('a clock that is off by hours is put right by what the server says', () => {
  const ahead = 3 * 3_600_000
  expect(setServerTime(new Date(Date.now() + ahead).toUTCString(), 20)).toBeGreaterThan(ahead - 2000)
  expect(Math.abs(serverNow() - Date.now() - ahead)).toBeLessThan(2000)
})

test.each([-26, 26])('days, times for later and links are by the server’s clock: %d hours', async (hours) => {
  const now = Date.now()
  setServerTime(new Date(now + hours * 3_600_000).toUTCString(), 0)
  lookAtCalendar()
  const there = serverNow()
  expect(day(there)).toBe('Today')
  expect(Math.abs(inAnHour().getTime() - there - 3_600_000)).toBeLessThan(2000)
  for (const next of [tomorrow(), nextMonday()]) {
    expect(next.getTime()).toBeGreaterThan(there)
    expect(next.getTime()).toBeLessThanOrEqual(there + 8 * 86_400_000)
  }
  let signed = 0
  const read = () => Promise.reject(new Error('nothing is read'))
  const files = new Files({
    read,
    sign: async () => ({ url: `${++signed}`, expires_at: there + 6 * 3_600_000 }),
  })
  expect([await files.link('a'), await files.link('a')]).toEqual(['1', '1'])
  setServerTime(new Date(there + 5.5 * 3_600_000).toUTCString(), 0)
  expect(await files.link('a')).toBe('2')
  setServerTime(new Date(now).toUTCString(), 0)
  lookAtCalendar()
})

test('what is no date changes nothing', () => {
  const before = setServerTime(new Date().toUTCString(), 0)
  expect(setServerTime('soon', 0)).toBe(before)
})
