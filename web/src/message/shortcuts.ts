/** What `acts.tsx` and `Actions.tsx` bind, in words. */

import type { Shortcut } from '../shell/keys'
import { t } from './act_words'
import { t as shared } from './words'

/** The keys of a message that has the focus, for the help. */
export const MESSAGE_SHORTCUTS: readonly Shortcut[] = [
  { keys: 'ArrowUp', does: () => t('key_up') },
  { keys: 'ArrowDown', does: () => t('key_down') },
  { keys: '+', does: () => t('react') },
  { keys: 'r', does: () => shared('reply') },
  { keys: 't', does: () => shared('thread') },
  { keys: 'e', does: () => shared('edit') },
  { keys: 'c', does: () => t('copy_text') },
  { keys: 'l', does: () => t('copy_link') },
  { keys: 'b', does: () => t('bookmark') },
  { keys: 'p', does: () => t('pin_or_not') },
  { keys: 'u', does: () => t('mark_unread') },
  { keys: 'm', does: () => t('actions') },
  { keys: 'Delete', does: () => t('delete') },
]
