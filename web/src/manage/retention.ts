/** What a rule would erase, and what is said of it before it is set. */

import type { Chat } from '../data/chat'
import { dateTime } from '../text/dates'
import type { OldMessages } from '../wire/contract'
import { t } from './retention_words'

export type Place = { readonly room: string } | { readonly space: string }

/** Whether messages go that stayed before: 0 days are for ever. */
export function stricter(before: number, days: number): boolean {
  return days > 0 && !(before > 0 && before <= days)
}

/** `null`: who asks may not be told. `holdEnds`: as if the legal hold on the place were none. */
export async function countOld(
  chat: Pick<Chat, 'ask'>,
  place: Place,
  days: number,
  holdEnds = false,
): Promise<OldMessages | null> {
  try {
    return await chat.ask('message.count_old', { ...place, keep_days: days, hold_ends: holdEnds })
  } catch {
    return null
  }
}

/** What will happen by a rule of so many days. */
export function ruleSentence(days: number, old: OldMessages | null): string {
  const rule = t('rule_text', { count: days })
  if (old === null) return rule
  const since = old.oldest === null ? '' : ` ${t('oldest', { when: dateTime(old.oldest) })}`
  return `${rule} ${t('now', { count: old.messages })}${since}`
}

/** What will happen when a hold ends where messages are kept for so many days. */
export function endSentence(days: number, old: OldMessages | null): string {
  const released = old === null ? t('released') : t('released_count', { count: old.preserved })
  if (days > 0) return `${released} ${ruleSentence(days, old)}`
  return old?.messages ? `${released} ${t('own_rules')} ${t('now', { count: old.messages })}` : released
}
