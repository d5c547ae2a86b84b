import { dateTime } from '../text/dates'
import { t } from './words'

/** Until when something holds. */
export function until(at: number | null): string {
  return at === null ? t('for_ever') : t('until', { when: dateTime(at) })
}
