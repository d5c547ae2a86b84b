import { expect, test, vi } from 'vitest'
import { Refused } from '../data/refusal'
import { onlyRoom } from './enter_space'

vi.mock('./dialogs', () => ({ BrowseRooms: () => null })) // its parts are loaded when they are opened

function space(rooms: readonly object[], next: string | null = null) {
  const joined: string[] = []
  const ask = async (name: string, data: { room?: string }) => {
    if (name === 'room.list') return { rooms, next }
    joined.push(data.room as string)
    return {}
  }
  return { joined, ask: ask as never }
}

test('a newcomer is in the only room at once', async () => {
  const chat = space([
    { id: 'r1', archived: false },
    { id: 'old', archived: true },
  ])
  expect(await onlyRoom(chat, 's')).toBe('r1')
  expect(chat.joined).toEqual(['r1'])
})

test('among more rooms, or none, nothing is chosen for anybody', async () => {
  const rooms = [
    { id: 'r1', archived: false },
    { id: 'r2', archived: false },
  ]
  for (const chat of [space(rooms), space([]), space(rooms.slice(1), 'r2')]) {
    expect(await onlyRoom(chat, 's')).toBeNull()
    expect(chat.joined).toEqual([])
  }
})

test('a room that may not be joined is no way in', async () => {
  const ask = async (name: string) => {
    if (name === 'room.join') throw new Refused('forbidden', 'guests are brought in')
    return { rooms: [{ id: 'r1', archived: false }], next: null }
  }
  await expect(onlyRoom({ ask: ask as never }, 's')).rejects.toThrow('brought in')
})
