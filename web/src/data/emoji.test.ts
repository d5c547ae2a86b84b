import { expect, test, vi } from 'vitest'
import type { CustomEmoji } from '../wire/contract'
import { SpaceEmoji } from './emoji'

const one = (name: string): CustomEmoji => ({ name, image: `${name}-image`, by: 'ann', at: 1 })
const settled = () => new Promise((done) => setTimeout(done))
const event = (type: string, data: Record<string, unknown>) => ({
  event: type,
  stream: 'space/s',
  seq: 2,
  position: 2,
  at: 2,
  by: 'bob',
  data,
})

test('the emoji of a space are asked for once, and follow its events', async () => {
  const ask = vi.fn(async () => [one('tide')])
  const emoji = new SpaceEmoji(ask)
  const shown = emoji.of('s')
  expect(shown.value).toBeUndefined()
  await settled()
  expect([...shown.value!.keys()]).toEqual(['tide'])
  emoji.apply(event('emoji.added', { name: 'ebb', image: 'x' }))
  expect(emoji.of('s').value!.get('ebb')).toEqual({ name: 'ebb', image: 'x', by: 'bob', at: 2 })
  emoji.apply(event('emoji.removed', { name: 'tide' }))
  expect([...shown.value!.keys()]).toEqual(['ebb'])
  expect(ask).toHaveBeenCalledTimes(1)
})

test('a refused list is asked for again by whoever shows one next', async () => {
  const ask = vi
    .fn()
    .mockRejectedValueOnce(new Error('no'))
    .mockResolvedValueOnce([one('tide')])
  const emoji = new SpaceEmoji(ask)
  emoji.of('s')
  await settled()
  emoji.of('s')
  await settled()
  expect(emoji.of('s').value?.has('tide')).toBe(true)
})

test('what is drawn before there is a connection has its emoji as soon as there is one', async () => {
  const ask = vi
    .fn()
    .mockRejectedValueOnce(new Error('not yet'))
    .mockResolvedValue([one('tide')])
  const emoji = new SpaceEmoji(ask)
  const shown = emoji.of('s') // and never again
  await settled()
  emoji.again()
  await settled()
  expect(shown.value?.has('tide')).toBe(true)
  emoji.again()
  expect(ask).toHaveBeenCalledTimes(2)
})

test('direct rooms have none', () => {
  const ask = vi.fn()
  expect(new SpaceEmoji(ask).of(null).value).toBeUndefined()
  expect(ask).not.toHaveBeenCalled()
})
