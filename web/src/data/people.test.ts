import { beforeEach, expect, test, vi } from 'vitest'
import type { Profile } from '../wire/contract'
import { People } from './people'

const profile = (account: string): Profile => ({
  account,
  name: account,
  display_name: account,
  about: null,
  avatar: null,
  bot: false,
  disabled: false,
  deleted: false,
})
const gathered = () => vi.advanceTimersByTimeAsync(100)

beforeEach(() => {
  vi.useFakeTimers()
})

test('whoever is named once is asked for before, and no longer than it takes to hear that they cannot be', async () => {
  const ask = vi.fn(async (accounts: string[]) => accounts.map(profile))
  const people = new People(ask)
  await people.known('ann')
  await people.known('ann')
  await people.known('operator:root')
  expect(people.profiles.get('ann')?.name).toBe('ann')
  expect(ask).toHaveBeenCalledTimes(1)
  ask.mockRejectedValue(new Error('not found'))
  await people.known('bob')
  expect(people.profiles.get('bob')).toBeUndefined()
})

test('who is drawn before there is a connection has a name as soon as there is one', async () => {
  const ask = vi
    .fn()
    .mockRejectedValueOnce(new Error('not yet'))
    .mockImplementation(async (accounts: string[]) => accounts.map(profile))
  const people = new People(ask)
  const [ann, bob] = [people.profile('ann'), people.profile('bob')] // and never again
  await gathered()
  expect(ann.value).toBeUndefined()
  people.again()
  await gathered()
  expect([ann.value?.name, bob.value?.name]).toEqual(['ann', 'bob'])
  people.again()
  await gathered()
  expect(ask).toHaveBeenCalledTimes(2)
})

test('whoever is looked at is shown as they call themselves now', async () => {
  let name = 'Ann'
  const ask = vi.fn(async ([account]: string[]) => [{ ...profile(account as string), display_name: name }])
  const people = new People(ask)
  const ann = people.profile('ann')
  await gathered()
  name = 'Ann Example'
  people.renew('ann')
  expect(ann.value?.display_name).toBe('Ann')
  await gathered()
  expect(ann.value?.display_name).toBe('Ann Example')
  ask.mockRejectedValueOnce(new Error('no connection'))
  people.renew('ann')
  await gathered()
  expect(ann.value?.display_name).toBe('Ann Example')
})
