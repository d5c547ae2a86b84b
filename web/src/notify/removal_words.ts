import type { Chat } from '../data/chat'
import { strings } from '../i18n/strings'
import { dateAndClock } from '../text/dates'
import type { Removal } from './removals'

const t = strings(
  {
    kicked: 'You were put out of {place} by {by}. An invite lets you in again.',
    banned: 'You were banned from {place} by {by}, for ever.',
    banned_until: 'You were banned from {place} by {by}, until {when}.',
    muted: 'You were muted in {place} by {by}: you can read, but not write or react.',
    muted_until: 'You were muted in {place} by {by} until {when}: you can read, but not write or react.',
    unmuted: 'You can write in {place} again.',
    removed: 'You were taken out of the room {place} by {by}.',
    space_deleted: 'The space {place} was deleted by {by}.',
    room_deleted: 'The room {place} was deleted by {by}.',
    space_exported: '{by} exported the space {place}, with what is said in its rooms.',
    room_exported: '{by} exported the room {place}, with what is said in it.',
    imported: '{by} imports into {place} what another chat has exported.',
    gone_space: 'You are no longer in the space {place}.',
    gone_room: 'You are no longer in the room {place}.',
    because: '{told} Reason: {reason}',
    operator: 'somebody who runs this server',
    somebody: 'somebody',
  },
  {
    kicked: '{by} hat dich aus {place} hinausgeworfen. Mit einer Einladung kommst du wieder hinein.',
    banned: '{by} hat dich in {place} für immer gesperrt.',
    banned_until: '{by} hat dich in {place} bis {when} gesperrt.',
    muted: '{by} hat dich in {place} stumm gemacht: Du kannst lesen, aber nicht schreiben oder reagieren.',
    muted_until:
      '{by} hat dich in {place} bis {when} stumm gemacht: Du kannst lesen, aber nicht schreiben oder reagieren.',
    unmuted: 'Du kannst in {place} wieder schreiben.',
    removed: '{by} hat dich aus dem Raum {place} entfernt.',
    space_deleted: '{by} hat den Bereich {place} gelöscht.',
    room_deleted: '{by} hat den Raum {place} gelöscht.',
    space_exported: '{by} hat den Bereich {place} exportiert, mit dem, was in seinen Räumen steht.',
    room_exported: '{by} hat den Raum {place} exportiert, mit dem, was darin steht.',
    imported: '{by} importiert in {place}, was ein anderer Chat exportiert hat.',
    gone_space: 'Du bist nicht mehr im Bereich {place}.',
    gone_room: 'Du bist nicht mehr im Raum {place}.',
    because: '{told} Grund: {reason}',
    operator: 'Jemand, der diesen Server betreibt,',
    somebody: 'Jemand',
  },
)

/** What happened, who did it and why, as far as one may know. */
export function removalSentence(
  { what, place, by, reason, until }: Removal,
  chat: Pick<Chat, 'people'>,
): string {
  const timed = until !== null && (what === 'banned' || what === 'muted')
  const told = t(timed ? `${what}_until` : what, {
    place,
    by: nameOf(by, chat),
    when: until === null ? '' : dateAndClock(until),
  })
  return reason === null || reason === '' ? told : t('because', { told, reason })
}

function nameOf(by: string | null, { people }: Pick<Chat, 'people'>): string {
  if (by === null || by === 'system') return t('somebody')
  if (by.startsWith('operator:')) return t('operator')
  const profile = people.profiles.get(by)
  return profile?.display_name || profile?.name || t('somebody')
}
