import { expect, it } from 'vitest'
import { clock, narrowClock } from './dates'

const noon = new Date(2026, 10, 29, 12, 34).getTime()

it('leaves AM and PM away where there is little room', () => {
  expect(clock(noon)).toMatch(/^12:34\sPM$/)
  expect(narrowClock(noon)).toBe('12:34')
})
