import { expect, test } from 'vitest'
import type { Message, MessagePage } from '../wire/contract'
import type { EventFrame } from './connection'
import { Timeline } from './timeline'

const ROOT = { seq: 1, by: 'ann', at: 1, text: 'root', reply_to: null, deleted: false, thread: null }
const reply = (seq: number, at: number) =>
  ({
    event: 'message.posted',
    stream: 'room/r',
    seq,
    at,
    by: 'bob',
    data: { text: '', thread: 1, reply_to: 1 },
  }) as unknown as EventFrame

const timelineOf = async (root: object, page: Partial<MessagePage> = {}) => {
  const messages = [{ ...ROOT, ...root } as Message]
  const timeline = new Timeline(async () => ({ messages, more_before: false, more_after: false, ...page }))
  await timeline.open()
  return timeline
}

test('replies of the same millisecond count each', async () => {
  const timeline = await timelineOf({})
  for (const seq of [2, 3, 4]) timeline.apply(reply(seq, 70))
  expect(timeline.find(1)?.thread).toEqual({ replies: 3, last_at: 70 })
})

test('a reply that the page has counted does not count again', async () => {
  const timeline = await timelineOf({ thread: { replies: 2, last_at: 70 } })
  timeline.apply(reply(3, 70))
  expect(timeline.find(1)?.thread?.replies).toBe(2)
  timeline.apply(reply(4, 71))
  timeline.apply(reply(5, 71))
  expect(timeline.find(1)?.thread?.replies).toBe(4)
})
