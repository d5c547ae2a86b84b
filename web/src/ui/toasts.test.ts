import { beforeEach, expect, test, vi } from 'vitest'
import { forgetToasts, toast, toasts } from './toasts'

beforeEach(() => {
  vi.useFakeTimers()
  toasts.value = []
})

const texts = () => toasts.value.map(({ text }) => text)

test('the same word is not said twice at once, and only the last few stay', () => {
  for (const text of ['no', 'no', 'never', 'no', 'not now', 'nowhere']) toast(text, 'error')
  expect(texts()).toEqual(['no', 'not now', 'nowhere'])
})

test('an error stays, anything else goes by itself, later if it was said again', () => {
  toast('refused', 'error')
  toast('saved')
  vi.advanceTimersByTime(4_000)
  toast('saved')
  vi.advanceTimersByTime(4_000)
  expect(texts()).toEqual(['refused', 'saved'])
  vi.advanceTimersByTime(1_000)
  expect(texts()).toEqual(['refused'])
})

test('whoever signs in again is not told any more that they were signed out', () => {
  toast('signed out here', 'error')
  toast('saved')
  forgetToasts()
  toast('saved')
  vi.advanceTimersByTime(4_999)
  expect(texts()).toEqual(['saved'])
})
