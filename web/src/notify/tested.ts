/** What became of a push to try, in words. */

import type { PushTested } from '../wire/contract'
import { t } from './words'

export function tested({ outcome, reason }: PushTested): string {
  if (outcome === 'sent') return t('pushed_sent')
  return outcome === 'gone' ? t('pushed_gone') : t('pushed_not', { reason: reason ?? outcome })
}
