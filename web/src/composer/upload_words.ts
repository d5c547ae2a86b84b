import type { Problem } from '../data/uploads'
import { said } from '../i18n/said'
import { dateAndClock } from '../text/dates'
import { size } from '../text/sizes'
import { t } from './tray_words'

/** What is wrong with an upload, and what to do about it. */
export function problemWords(problem: Problem): string {
  switch (problem.why) {
    case 'too_large':
      return t('file_too_large', { most: size(problem.most) })
    case 'no_room':
      return t('no_room', { left: size(problem.left) })
    case 'too_many':
      return t('too_many_uploads', { until: dateAndClock(problem.until) })
    case 'bytes_gone':
    case 'unreadable':
      return t(problem.why)
    case 'refused':
      return t('upload_failed', { reason: said(problem.failure) })
  }
}
