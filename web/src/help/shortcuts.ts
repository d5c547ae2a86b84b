/** The keys of every area, gathered for the help. */

import { WRITING_SHORTCUTS } from '../composer/shortcuts'
import { MESSAGE_SHORTCUTS } from '../message/shortcuts'
import { READING_SHORTCUTS } from '../room/shortcuts'
import type { Shortcut } from '../shell/keys'
import { t } from './words'

export interface ShortcutGroup {
  readonly title: string
  readonly shortcuts: readonly Shortcut[]
}

const EVERYWHERE: readonly Shortcut[] = [
  { keys: 'Mod+K', does: () => t('switch') },
  { keys: 'Alt+ArrowUp', does: () => t('room_up') },
  { keys: 'Alt+ArrowDown', does: () => t('room_down') },
  { keys: 'Alt+Shift+ArrowUp', does: () => t('unread_up') },
  { keys: 'Alt+Shift+ArrowDown', does: () => t('unread_down') },
  { keys: 'Mod+Shift+F', does: () => t('search') },
  { keys: 'Escape', does: () => t('escape') },
  { keys: '?', does: () => t('help') },
]

const LIST: readonly Shortcut[] = [
  { keys: 'ArrowDown', does: () => t('list_move') },
  { keys: 'Shift+ArrowDown', does: () => t('list_order') },
]

export function allShortcuts(): readonly ShortcutGroup[] {
  return [
    { title: t('everywhere'), shortcuts: EVERYWHERE },
    { title: t('messages'), shortcuts: [...MESSAGE_SHORTCUTS, ...READING_SHORTCUTS] },
    { title: t('writing'), shortcuts: WRITING_SHORTCUTS },
    { title: t('rooms'), shortcuts: LIST },
  ]
}
