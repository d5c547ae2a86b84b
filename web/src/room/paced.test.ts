import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Paced } from './paced'

let heard: string[] = []
let paced: Paced

beforeEach(() => {
  vi.useFakeTimers()
  heard = []
  paced = new Paced((text) => heard.push(text))
})

afterEach(() => vi.useRealTimers())

test('a message is said at once, and a few that follow soon each by itself', () => {
  for (const text of ['one', 'two', 'three']) paced.say(text)
  expect(heard).toEqual(['one'])
  vi.advanceTimersByTime(2_000)
  expect(heard).toEqual(['one', 'two', 'three'])
  vi.advanceTimersByTime(2_000)
  paced.say('four')
  expect(heard.at(-1)).toBe('four')
})

test('of many that come at once only their number is said', () => {
  for (let i = 0; i < 150; i++) {
    paced.say(`message ${i}`)
    vi.advanceTimersByTime(20) // 50 a second
  }
  vi.advanceTimersByTime(2_000)
  expect(heard).toHaveLength(3)
  expect(heard[1]).toMatch(/^\d+ new messages$/)
})

test('nothing is said of a room that was left', () => {
  for (const text of ['one', 'two']) paced.say(text)
  paced.stop()
  paced.say('three') // its author had to be asked for
  vi.advanceTimersByTime(10_000)
  expect(heard).toEqual(['one'])
})
