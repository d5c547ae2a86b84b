/** What `MessageField.tsx` binds, in words, for the help. */

import type { Shortcut } from '../shell/keys'
import { enterSends } from './enter'
import { t } from './words'

export const WRITING_SHORTCUTS: readonly Shortcut[] = [
  { keys: 'Enter', does: () => t(enterSends.value ? 'send' : 'key_line') },
  { keys: 'Shift+Enter', does: () => t(enterSends.value ? 'key_line' : 'send') },
  { keys: 'Mod+Enter', does: () => t('send') },
  { keys: 'ArrowUp', does: () => t('key_edit_last') },
  { keys: 'Mod+B', does: () => t('bold') },
  { keys: 'Mod+I', does: () => t('italic') },
  { keys: 'Mod+E', does: () => t('code') },
  { keys: '@', does: () => t('key_person') },
  { keys: '#', does: () => t('key_room') },
  { keys: ':', does: () => t('key_emoji') },
  { keys: '/', does: () => t('key_command') },
]
