import { expect, test } from 'vitest'
import type { Message } from '../wire/contract'
import { mayDo, type Standing } from './may'

const ROOM = { kind: 'text', archived: false } as const
const message = (by: string, edited_at: number | null = null) => ({ by, edited_at }) as Message
const standing = (more: Partial<Standing> = {}): Standing => ({
  me: 'ann',
  member: true,
  role: 'member',
  rights: null,
  ...more,
})

test('members edit and delete what is theirs, and nothing else', () => {
  expect(mayDo(ROOM, message('ann'), standing())).toMatchObject({ edit: true, remove: true })
  expect(mayDo(ROOM, message('bob'), standing())).toMatchObject({ edit: false, remove: false })
})

test('moderators delete what others wrote and see how it read before, but edit nothing of it', () => {
  const may = mayDo(ROOM, message('bob', 5), standing({ role: 'moderator' }))
  expect(may).toMatchObject({ edit: false, remove: true, seeVersions: true })
})

test('versions are for the author and moderators, and only where there are some', () => {
  expect(mayDo(ROOM, message('bob', 5), standing()).seeVersions).toBe(false)
  expect(mayDo(ROOM, message('ann', 5), standing()).seeVersions).toBe(true)
  expect(mayDo(ROOM, message('ann'), standing()).seeVersions).toBe(false)
})

test('nobody moderates a direct room', () => {
  expect(mayDo({ ...ROOM, kind: 'direct' }, message('bob', 5), standing({ role: null }))).toMatchObject({
    remove: false,
    seeVersions: false,
    write: true,
  })
})

test('what the server says of the room counts', () => {
  const rights = { 'message.post': false, 'message.announce': true, 'reaction.add': true, 'pin.set': false }
  expect(mayDo(ROOM, message('ann'), standing({ rights }))).toMatchObject({
    write: false,
    edit: false,
    react: true,
    pin: false,
    remove: true,
  })
  expect(mayDo({ ...ROOM, kind: 'announcement' }, message('ann'), standing({ rights })).write).toBe(true)
})

test('an archived room is read, and one that is only looked at too; deleting stays', () => {
  for (const may of [
    mayDo({ ...ROOM, archived: true }, message('ann'), standing()),
    mayDo(ROOM, message('ann'), standing({ member: false })),
  ])
    expect(may).toMatchObject({ write: false, react: false, pin: false, edit: false, remove: true })
})
