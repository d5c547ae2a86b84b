import { language } from '../i18n/strings'
import { t } from './words'

/** A time as the reader's country writes it. */
export function when(at: number): string {
  return new Date(at).toLocaleString(language.value, { dateStyle: 'medium', timeStyle: 'short' })
}

/** Until when something holds. */
export function until(at: number | null): string {
  return at === null ? t('for_ever') : t('until', { when: when(at) })
}
