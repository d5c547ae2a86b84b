import { expect, test } from 'vitest'
import { Refused } from '../data/refusal'
import { countOld, endSentence, ruleSentence, stricter } from './retention'

const none = { messages: 0, oldest: null, preserved: 0 }

test('a rule is stricter when messages go that stayed before', () => {
  expect(stricter(0, 30)).toBe(true)
  expect(stricter(60, 30)).toBe(true)
  for (const days of [0, 30, 31]) expect(stricter(30, days)).toBe(false)
  expect(stricter(0, 0)).toBe(false)
})

test('before a rule is set it says how many messages go', () => {
  expect(ruleSentence(30, { messages: 1, oldest: null, preserved: 0 })).toMatch(
    /older than 30 days are erased .*\. Now that is 1 message\.$/,
  )
  expect(ruleSentence(1, { messages: 1200, oldest: Date.UTC(2020, 1, 3), preserved: 0 })).toMatch(
    /older than 1 day .* Now that is 1,200 messages\. The oldest is of .*2020/,
  )
  expect(ruleSentence(30, null)).toMatch(/pinned ones too\.$/)
})

test('before a hold ends it says what was kept by it, and what the rules go on with', () => {
  expect(endSentence(0, { ...none, preserved: 2 })).toMatch(/^2 messages that were deleted under the hold/)
  expect(endSentence(7, { ...none, preserved: 1, messages: 3 })).toMatch(
    /^1 message .* older than 7 days .* 3 messages\.$/,
  )
  expect(endSentence(0, { ...none, messages: 3 })).toMatch(/own rules\. Now that is 3 messages\.$/)
  expect(endSentence(0, null)).toMatch(/from tomorrow on\.$/)
})

test('who may not be told is asked without a number', async () => {
  const asked: unknown[] = []
  const ask = async (name: string, data: unknown) => {
    asked.push([name, data])
    if (asked.length > 1) throw new Refused('forbidden', 'not you')
    return none
  }
  expect(await countOld({ ask } as never, { room: 'r' }, 7)).toEqual(none)
  expect(asked).toEqual([['message.count_old', { room: 'r', keep_days: 7, hold_ends: false }]])
  expect(await countOld({ ask } as never, { space: 's' }, 7, true)).toBe(null)
})
