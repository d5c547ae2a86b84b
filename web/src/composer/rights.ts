/** Why the account cannot write in a room. */

import type { RoomRights } from '../data/room_rights'
import { language } from '../i18n/strings'
import { dateAndClock } from '../text/dates'
import type { OwnRoom } from '../wire/contract'
import { t } from './words'

/** The sentence, perhaps empty; null where one can write. */
export function whyNot(room: OwnRoom, may: RoomRights | null): string | null {
  const right = room.kind === 'announcement' ? 'message.announce' : 'message.post'
  if (may === null || may[right] !== false) return null
  // A notice above the field says these two already.
  return room.locked || room.kind === 'announcement' ? '' : t('may_not')
}

const MUTED = /muted in the space(?: until (\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC)?$/

/** The same as the server says it behind a colon: a mute in the reader's words and time, another reason as it is. */
export function shutBecause(message: string): string | null {
  const muted = MUTED.exec(message)
  if (muted?.[1] !== undefined)
    return t('muted_until', { when: dateAndClock(Date.parse(`${muted[1]}T${muted[2]}:00Z`)) })
  if (muted !== null) return t('muted_here')
  const why = /: (.+)$/.exec(message)?.[1]
  return why === undefined
    ? null
    : t(language.peek() === 'en' ? 'may_not_because' : 'may_not_detail', { why })
}
