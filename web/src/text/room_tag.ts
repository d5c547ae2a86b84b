/** `#name` for rooms, whose names may have spaces: in a text they are hyphens. */

import type { OwnRoom } from '../wire/contract'

const SPACES = /[\s ]+/g

/** How a room is written in a text: `#board-games`. */
export function roomTag(name: string): string {
  return `#${name.replace(SPACES, '-')}`
}

/** The room of the space that a tag means; case does not count. */
export function roomOfTag(rooms: readonly OwnRoom[], space: string | null, tag: string): OwnRoom | null {
  const wanted = folded(tag)
  const found = rooms.filter((room) => room.kind !== 'direct' && folded(roomTag(room.name)) === wanted)
  return found.find((room) => room.space === space) ?? found[0] ?? null
}

function folded(tag: string): string {
  return tag.normalize('NFKC').toLocaleLowerCase('und')
}
