import { expect, test, vi } from 'vitest'
import { Drafts, type KeptDraft } from './drafts'
import { Lost, Refused } from './refusal'

const setup = (kept: Record<string, KeptDraft> = {}, save = vi.fn(async () => undefined as unknown)) => {
  vi.useFakeTimers()
  const shelf = {
    kept,
    all: () => shelf.kept,
    put(key: string, draft: KeptDraft) {
      shelf.kept[key] = draft
    },
    remove(key: string) {
      delete shelf.kept[key]
    },
  }
  return { shelf, save, drafts: new Drafts(save, shelf) }
}

test('a draft is kept here at once and on the server soon after, once', async () => {
  const { drafts, save, shelf } = setup()
  for (const text of ['h', 'he', 'hello']) drafts.write('r', null, text)
  expect(shelf.kept).toEqual({ 'r/': { text: 'hello', saved: false } })
  await vi.advanceTimersByTimeAsync(2000)
  expect(save.mock.calls).toEqual([[{ room: 'r', thread: null, text: 'hello', base: null }]])
  expect(shelf.kept).toEqual({ 'r/': { text: 'hello', saved: true, sent: 'hello' } })
})

test('another device does not overwrite what is being written here', async () => {
  const { drafts } = setup()
  drafts.write('r', 5, 'mine')
  drafts.take({ room: 'r', thread: 5, text: 'theirs', at: 1 })
  expect(drafts.of('r', 5).value).toBe('mine')
  await vi.advanceTimersByTimeAsync(2000)
  drafts.take({ room: 'r', thread: 5, text: 'mine', at: 1 }) // one's own, as the server tells all devices
  drafts.take({ room: 'r', thread: 5, text: 'theirs', at: 2 })
  drafts.take({ room: 'r', thread: 5, text: '', at: 3 })
  expect(drafts.of('r', 5).value).toBe('mine')
})

test('a text that was only loaded here follows the other device', () => {
  const { drafts } = setup()
  for (const text of ['a', 'another', '', 'once more']) {
    drafts.take({ room: 'r', thread: null, text, at: 1 })
    expect(drafts.of('r', null).value).toBe(text)
  }
})

test('who has gone over to another device finds here what was made there of it, or nothing once it is sent', async () => {
  const { drafts, save } = setup()
  const theirs = (text: string, at: number, base?: number) =>
    drafts.take({ room: 'r', thread: null, text, at, base })
  drafts.write('r', null, 'half a thought')
  await vi.advanceTimersByTimeAsync(2_000)
  theirs('half a thought', 5) // one's own, as the server tells all devices
  theirs('another thought', 6, 5)
  expect(drafts.of('r', null).value).toBe('half a thought') // it may be typed on any moment
  await vi.advanceTimersByTimeAsync(40_000)
  theirs('half a thought', 7)
  theirs('a whole thought', 8, 7)
  expect(drafts.of('r', null).value).toBe('a whole thought')
  drafts.write('r', null, 'a whole thought!')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(save).toHaveBeenLastCalledWith({ room: 'r', thread: null, text: 'a whole thought!', base: 8 })
  drafts.leave('r', null)
  theirs('', 9)
  expect(drafts.of('r', null).value).toBe('')
})

test('two texts stay two: none replaces the other, even later, and the next session has both', async () => {
  const { drafts, save, shelf } = setup()
  drafts.write('r', null, 'mine')
  await vi.advanceTimersByTimeAsync(40_000)
  save.mockClear()
  drafts.take({ room: 'r', thread: null, text: 'theirs', at: 2 })
  expect(drafts.of('r', null).value).toBe('mine')
  expect(shelf.kept['r/']).toMatchObject({ text: 'mine', saved: false })
  drafts.flush() // the page may go: what the other device has on the server is not written over by that
  expect(save).not.toHaveBeenCalled()
  drafts.load([{ room: 'r', thread: null, text: 'theirs', at: 2 }])
  expect(drafts.of('r', null).value).toBe('theirs\n\nmine')
})

test('what is sent here while another device writes something else leaves that alone', async () => {
  const { drafts, save, shelf } = setup()
  drafts.write('r', null, 'mine')
  await vi.advanceTimersByTimeAsync(2_000)
  drafts.take({ room: 'r', thread: null, text: 'theirs', at: 2 })
  save.mockClear()
  drafts.write('r', null, '')
  expect(drafts.of('r', null).value).toBe('')
  expect(save).not.toHaveBeenCalled()
  expect(shelf.kept).toEqual({})
})

test('what could not be saved is saved with the next session', async () => {
  const save = vi.fn(async () => undefined as unknown).mockRejectedValueOnce(new Lost())
  const { drafts } = setup({}, save)
  drafts.write('r', null, 'text')
  await vi.advanceTimersByTimeAsync(2000)
  drafts.load([])
  await vi.advanceTimersByTimeAsync(0)
  expect(save).toHaveBeenCalledTimes(2)
  expect(drafts.of('r', null).value).toBe('text')
})

test('a draft that was sent elsewhere goes here too', async () => {
  const { drafts } = setup()
  drafts.take({ room: 'r', thread: null, text: 'sent elsewhere', at: 1 })
  drafts.load([])
  expect(drafts.of('r', null).value).toBe('')
})

test('drafts of the last visit are there before the server has answered', () => {
  expect(setup({ 'r/7': { text: 'left', saved: true } }).drafts.of('r', 7).value).toBe('left')
})

test('a device that was away does not put its old draft over a newer one, or bring back what was sent', async () => {
  const { drafts, save } = setup({ 'r/': { text: 'old', saved: true }, 's/': { text: 'sent', saved: true } })
  drafts.load([{ room: 'r', thread: null, text: 'newer', at: 2 }])
  await vi.advanceTimersByTimeAsync(0)
  expect([drafts.of('r', null).value, drafts.of('s', null).value]).toEqual(['newer', ''])
  expect(save).not.toHaveBeenCalled()
})

test('a draft that was thrown away before the server knew stays thrown away', async () => {
  const { drafts, save, shelf } = setup({ 'r/': { text: 'sent', saved: true, base: 1 } })
  drafts.write('r', null, '')
  const again = setup({ ...shelf.kept }, save)
  again.drafts.load([{ room: 'r', thread: null, text: 'sent', at: 1 }])
  await vi.advanceTimersByTimeAsync(0)
  expect(again.drafts.of('r', null).value).toBe('')
  expect(save).toHaveBeenCalledWith({ room: 'r', thread: null, text: '', base: 1 })
})

test('a draft that is too long for the server is not lost', async () => {
  const save = vi
    .fn(async () => undefined as unknown)
    .mockRejectedValue(new Refused('invalid', 'text: too long'))
  const { drafts, shelf } = setup({}, save)
  drafts.write('r', null, 'long')
  await vi.advanceTimersByTimeAsync(2000)
  drafts.load([])
  expect(setup(shelf.kept, save).drafts.of('r', null).value).toBe('long')
})

test('a draft for a room that is gone is not sent again and again', async () => {
  const save = vi
    .fn(async () => undefined as unknown)
    .mockRejectedValue(new Refused('not_found', 'no such room'))
  const { drafts } = setup({}, save)
  drafts.write('r', null, 'text')
  await vi.advanceTimersByTimeAsync(2000)
  drafts.load([])
  await vi.advanceTimersByTimeAsync(2000)
  expect(save).toHaveBeenCalledTimes(1)
})

test('a draft that was sent on a device without connection does not take a newer one of another with it', async () => {
  const { drafts, save } = setup({ 'r/': { text: '', saved: false, base: 1 } })
  drafts.load([{ room: 'r', thread: null, text: 'newer', at: 2 }])
  await vi.advanceTimersByTimeAsync(2000)
  expect(drafts.of('r', null).value).toBe('newer')
  expect(save).not.toHaveBeenCalled()
})

test('of two drafts that do not know of each other both are kept, once', async () => {
  const save = vi.fn(async () => undefined as unknown).mockRejectedValueOnce(new Lost())
  const { drafts } = setup({ 'r/': { text: 'mine', saved: false, base: 1 } }, save)
  for (let i = 0; i < 2; i++) {
    drafts.load([{ room: 'r', thread: null, text: 'theirs', at: 2 }])
    await vi.advanceTimersByTimeAsync(0)
    expect(drafts.of('r', null).value).toBe('theirs\n\nmine')
  }
  expect(save).toHaveBeenLastCalledWith({ room: 'r', thread: null, text: 'theirs\n\nmine', base: 2 })
})

test.each([
  ['begun', 'begun and more', 'begun and more'],
  ['begun and more', 'begun', 'begun and more'],
])('a draft that the other one contains is not doubled', async (theirs, mine, both) => {
  const { drafts } = setup({ 'r/': { text: mine, saved: false } })
  drafts.load([{ room: 'r', thread: null, text: theirs, at: 2 }])
  expect(drafts.of('r', null).value).toBe(both)
})

test('what this device saved itself is no newer draft, with or without the word of it', async () => {
  for (const heard of [true, false]) {
    const save = vi.fn(async () => undefined as unknown).mockRejectedValue(new Lost())
    const { drafts, shelf } = setup({}, save)
    drafts.write('r', null, 'hello')
    await vi.advanceTimersByTimeAsync(2000)
    if (heard) drafts.take({ room: 'r', thread: null, text: 'hello', at: 5 })
    drafts.write('r', null, '')
    await vi.advanceTimersByTimeAsync(0)
    const again = setup({ ...shelf.kept })
    for (const device of [again.drafts, drafts])
      device.load([{ room: 'r', thread: null, text: 'hello', at: 5 }])
    expect([again.drafts.of('r', null).value, drafts.of('r', null).value]).toEqual(['', ''])
    expect(again.save).toHaveBeenCalledWith({ room: 'r', thread: null, text: '', base: 5 })
  }
})

test('that a draft was sent is saved at once, and the others when the page goes', () => {
  const { drafts, save } = setup({ 'r/': { text: 'hello', saved: true } })
  drafts.write('r', null, '')
  expect(save.mock.calls).toEqual([[{ room: 'r', thread: null, text: '', base: null }]])
  drafts.write('s', null, 'begun')
  drafts.flush()
  expect(save).toHaveBeenLastCalledWith({ room: 's', thread: null, text: 'begun', base: null })
})

test('two tabs do not write over the drafts of each other', () => {
  const { drafts, shelf } = setup()
  const other = new Drafts(async () => undefined, shelf)
  drafts.write('r', null, 'here')
  other.write('s', null, 'there')
  expect(Object.keys(shelf.kept)).toEqual(['r/', 's/'])
})
