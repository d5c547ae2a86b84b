import { expect, test } from 'vitest'
import { inAnHour, nextMonday, secondsOf, tomorrow } from './later'

const SUNDAY = new Date(2026, 10, 29, 23, 30)
const MONDAY = new Date(2026, 10, 30, 8, 0)

test('times for later are ahead, over months and on the day itself', () => {
  expect(inAnHour(SUNDAY)).toEqual(new Date(2026, 10, 30, 0, 30))
  expect(tomorrow(MONDAY)).toEqual(new Date(2026, 11, 1, 9))
  expect(nextMonday(SUNDAY)).toEqual(new Date(2026, 10, 30, 9))
  expect(nextMonday(MONDAY)).toEqual(new Date(2026, 11, 7, 9))
})

test('how long a message lasts is written shortly', () => {
  expect(['90s', '10m', '2H', '7d'].map(secondsOf)).toEqual([90, 600, 7200, 604_800])
  expect(['', '0m', '5', 'm', '5 m', '99999d', '-1h'].map(secondsOf)).toEqual(Array(7).fill(null))
})
