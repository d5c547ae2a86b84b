import { expect, test } from 'vitest'
import { lasting, roughly } from './durations'

test('a whole number of a unit is said in that unit', () => {
  expect([90, 600, 7200, 86_400].map(lasting)).toEqual(['90 seconds', '10 minutes', '2 hours', '1 day'])
})

test('what was measured is said as exactly as anybody wants to know it', () => {
  const hour = 3_600
  expect([60, 150, 119 * 60, 30.2 * hour, 47.6 * hour, 400 * 24 * hour].map(roughly)).toEqual([
    ...['1 minute', '3 minutes', '119 minutes', '30 hours', '2 days', '400 days'],
  ])
})
