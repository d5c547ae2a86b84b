import { beforeEach, expect, test, vi } from 'vitest'
import type { Message } from '../wire/contract'
import { Edits } from './edits'

vi.stubGlobal('navigator', {})
const { forget } = await import('../shell/browser')

const message = (seq: number, text = 'as it was') => ({ seq, text }) as Message

beforeEach(() => {
  const kept = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    get length() {
      return kept.size
    },
    key: (at: number) => [...kept.keys()][at] ?? null,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => kept.set(key, text),
    removeItem: (key: string) => kept.delete(key),
  })
})

test('an edit is found again by another field of its room, with the message', () => {
  new Edits('ann', 'room', null).keep(message(7), 'as it shall be')
  const again = new Edits('ann', 'room', null)
  expect(again.left()).toEqual({ kind: 'edit', message: message(7) })
  expect(again.textOf(message(7))).toBe('as it shall be')
  expect(again.textOf(message(8))).toBe(null)
})

test('an edit is no other account’s, room’s or thread’s', () => {
  new Edits('ann', 'room', 1).keep(message(7), 'as it shall be')
  for (const other of [
    new Edits('bob', 'room', 1),
    new Edits('ann', 'hall', 1),
    new Edits('ann', 'room', 11),
  ])
    expect(other.left()).toBe(null)
  expect(new Edits('ann', 'room', null).left()).toBe(null)
})

test('an edit that is saved, given up or taken back is kept no longer', () => {
  const edits = new Edits('ann', 'room', null)
  edits.keep(message(7), 'as it shall be')
  edits.drop(message(7))
  expect(edits.left()).toBe(null)
  edits.keep(message(7), 'as it shall be')
  edits.keep(message(7), 'as it was')
  expect(edits.left()).toBe(null)
})

test('what was being answered is found again, without its text; an edit goes before it', () => {
  const kept = new Edits('ann', 'room', null)
  kept.answer({ ...message(7), by: 'bob' })
  const again = new Edits('ann', 'room', null)
  expect(again.left()).toEqual({ kind: 'reply', message: { seq: 7, by: 'bob' } })
  expect(new Edits('ann', 'room', 7).left()).toBe(null)
  again.keep(message(8), 'as it shall be')
  expect(again.left()?.kind).toBe('edit')
  again.drop(message(8))
  again.answer(null)
  expect(again.left()).toBe(null)
})

test('signing out takes the edits of the account, and of no other', () => {
  const [ann, bob] = [new Edits('ann', 'room', null), new Edits('bob', 'room', null)]
  ann.keep(message(7), 'by ann')
  ann.answer({ seq: 8, by: 'bob' })
  bob.keep(message(7), 'by bob')
  forget('ann')
  expect(ann.left()).toBe(null)
  expect(bob.textOf(message(7))).toBe('by bob')
})
