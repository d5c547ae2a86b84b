/** In which order spaces and rooms stand. Pure. */

import type { OwnRoom, OwnSpace, Preferences } from '../wire/contract'

export interface SpaceGroup {
  readonly space: OwnSpace
  readonly rooms: readonly OwnRoom[]
}

export interface Arranged {
  readonly favourites: readonly OwnRoom[]
  readonly spaces: readonly SpaceGroup[]
  readonly direct: readonly OwnRoom[]
}

type Order = Pick<Preferences, 'favourites' | 'space_order' | 'room_order'>
export const NO_ORDER: Order = { favourites: [], space_order: [], room_order: [] }

/**
 * Favourites stand above in their own order and not again below. Spaces and rooms stand in the person's order, then
 * by name. Direct rooms stand with the newest first; requests come before them.
 */
export function arrange(
  rooms: readonly OwnRoom[],
  spaces: readonly OwnSpace[],
  order: Order,
  newest: (room: OwnRoom) => number,
): Arranged {
  const shown = rooms.filter((room) => !room.archived)
  const byId = new Map(shown.map((room) => [room.id, room]))
  const favourites = order.favourites.map((id) => byId.get(id)).filter((room) => room !== undefined)
  const starred = new Set(favourites.map((room) => room.id))
  const rest = shown.filter((room) => !starred.has(room.id))
  return {
    favourites,
    spaces: sorted(spaces, order.space_order).map((space) => ({
      space,
      rooms: sorted(
        rest.filter((room) => room.space === space.id),
        order.room_order,
      ),
    })),
    direct: rest
      .filter((room) => room.kind === 'direct')
      .sort((a, b) => Number(b.request ?? false) - Number(a.request ?? false) || newest(b) - newest(a)),
  }
}

/** Another text where a room has another place: all of it that `arrange` looks at. */
export function placesOf(rooms: readonly OwnRoom[], newest: (room: OwnRoom) => number | undefined): string {
  return JSON.stringify(
    rooms.map((room) => {
      const { id, space, name, kind, archived, request } = room
      return [id, space, name, archived, request, kind === 'direct' && newest(room)]
    }),
  )
}

/** Puts `id` in the place of `before`, or at the end: the new order of all. */
export function moved(ids: readonly string[], id: string, before: string | null): string[] {
  const rest = ids.filter((other) => other !== id)
  const at = before === null ? -1 : rest.indexOf(before)
  return at < 0 ? [...rest, id] : rest.toSpliced(at, 0, id)
}

/** One place up (-1) or down (1): the new order of all; null at the end. */
export function stepped(ids: readonly string[], id: string, by: -1 | 1): string[] | null {
  const to = ids.indexOf(id) + by
  if (to < 0 || to >= ids.length) return null
  return ids.filter((other) => other !== id).toSpliced(to, 0, id)
}

/** Made once: comparing is what takes the time where there are thousands of rooms. */
const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** In the person's order, then by name. */
export function sorted<T extends { id: string; name: string }>(
  things: readonly T[],
  order: readonly string[],
): T[] {
  const place = new Map(order.map((id, at) => [id, at]))
  return things.toSorted(
    (a, b) =>
      (place.get(a.id) ?? order.length) - (place.get(b.id) ?? order.length) || byName.compare(a.name, b.name),
  )
}
