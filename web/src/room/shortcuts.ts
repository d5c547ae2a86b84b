/** The keys of a timeline that `row_keys.ts` hears, for the help; those of a message are its own. */

import type { Shortcut } from '../shell/keys'
import { t } from './words'

export const READING_SHORTCUTS: readonly Shortcut[] = [
  { keys: 'Home', does: () => t('key_first') },
  { keys: 'End', does: () => t('key_last') },
  { keys: 'Escape', does: () => t('key_field') },
]
