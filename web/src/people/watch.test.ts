import { signal } from '@preact/signals-core'
import { beforeEach, expect, test, vi } from 'vitest'
import type { Chat } from '../data/chat'
import type { Status } from '../data/link'
import { Table } from '../data/table'
import type { AccountPresence } from '../wire/contract'
import { watchPresence } from './watch'

const ann: AccountPresence = { account: 'ann', state: 'online', last_seen: null }
const away: Status = { state: 'connecting' }

beforeEach(() => {
  vi.useFakeTimers()
})

test('nobody is said to be there, oneself neither, without a connection that is gone for longer than a moment', async () => {
  const status = signal<Status>({ state: 'open' })
  const presences = new Table<AccountPresence>()
  const chat = { status, people: { presences }, ask: async () => ({ presences: [ann] }) }
  watchPresence(chat as unknown as Chat, ['ann'])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(presences.get('ann')?.state).toBe('online')
  status.value = away
  await vi.advanceTimersByTimeAsync(1_000)
  status.value = { state: 'open' }
  await vi.advanceTimersByTimeAsync(10_000)
  expect(presences.get('ann')?.state).toBe('online')
  status.value = away
  await vi.advanceTimersByTimeAsync(10_000)
  expect(presences.get('ann')).toBeUndefined()
  status.value = { state: 'open' }
  await vi.advanceTimersByTimeAsync(1_000)
  expect(presences.get('ann')?.state).toBe('online')
})
