/**
 * What others do to the account that is shown: put it out of a space or a room, mute it, delete what it was in, take
 * what is said there along or bring more. The store only forgets a place, so its name is kept here.
 */

import { effect } from '@preact/signals-core'
import type { Chat } from '../data/chat'
import type { EventFrame } from '../data/connection'
import { splitStream } from '../data/store'

export interface Removal {
  /** `gone_…`: it happened while no connection was there, and nothing says how. */
  readonly what:
    | 'kicked'
    | 'banned'
    | 'muted'
    | 'unmuted'
    | 'removed'
    | 'space_deleted'
    | 'room_deleted'
    | 'space_exported'
    | 'room_exported'
    | 'imported'
    | 'gone_space'
    | 'gone_room'
  /** The name of the space or room. */
  readonly place: string
  /** Who did it, if that is known. */
  readonly by: string | null
  readonly reason: string | null
  /** Until when a ban or mute holds, Unix milliseconds; null: for ever, or it is neither. */
  readonly until: number | null
}

interface Place {
  readonly name: string
  /** Of a room. */
  readonly space: string | null
}

/** Tells of each. Returns how to stop. */
export function watchRemovals(chat: Chat, tell: (removal: Removal) => void): () => void {
  const { spaces, rooms } = chat.store
  let names: Map<string, Place> = new Map()
  /** What an event has told of, or the account itself has left. */
  const told = new Set<string>()
  const stopListening = chat.listen((frame) => {
    if (!('event' in frame)) return
    const [, id] = splitStream(frame.stream)
    const known = names.get(id)
    if (known !== undefined && (frame.event === 'room.updated' || frame.event === 'space.updated'))
      names.set(id, { ...known, name: String(frame.data.name ?? known.name) })
    const what = whatOf(frame, chat.me)
    if (what === null) return
    const place = known?.name
    if (LEAVES.has(what)) told.add(id)
    if (what === 'left' || place === undefined || frame.by === chat.me) return
    const { reason, until } = frame.data as { reason?: string; until?: number }
    tell({ what, place, by: frame.by, reason: reason ?? null, until: until ?? null })
  })
  // After the listeners: events come in a batch, and what follows from signals does so at its end.
  const stopWatching = effect(() => {
    // Not of every message in a room: only of rooms that come and go.
    void spaces.ids.value
    void rooms.ids.value
    const now = new Map<string, Place>()
    for (const { id, name } of spaces.list()) now.set(id, { name, space: null })
    for (const { id, name, space, kind } of rooms.list()) if (kind !== 'direct') now.set(id, { name, space })
    for (const [id, { name, space }] of names) {
      if (now.has(id) || told.has(id) || (space !== null && !now.has(space))) continue
      const what = space === null ? 'gone_space' : 'gone_room'
      tell({ what, place: name, by: null, reason: null, until: null })
    }
    for (const id of now.keys()) told.delete(id)
    names = now
  })
  return () => {
    stopListening()
    stopWatching()
  }
}

/** After these one is not there any more. */
const LEAVES: ReadonlySet<string> = new Set([
  'left',
  'kicked',
  'banned',
  'removed',
  'space_deleted',
  'room_deleted',
])

function whatOf({ event, stream, data, by }: EventFrame, me: string): Removal['what'] | 'left' | null {
  const inSpace = stream.startsWith('space/')
  if (event === 'space.deleted') return 'space_deleted'
  if (event === 'room.deleted') return 'room_deleted'
  if (event === 'space.exported') return 'space_exported'
  if (event === 'room.exported') return 'room_exported'
  if (event === 'import.begun') return 'imported'
  if (data.account !== me) return null
  switch (event) {
    case 'member.left':
      return 'left'
    case 'member.kicked':
      // Of a room one can also be put out by what happens to the space.
      return inSpace ? 'kicked' : by === 'system' ? 'left' : 'removed'
    case 'member.banned':
      return 'banned'
    case 'member.muted':
      return 'muted'
    case 'member.unmuted':
      return 'unmuted'
    default:
      return null
  }
}
