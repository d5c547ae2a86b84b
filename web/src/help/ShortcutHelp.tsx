/** All keys that do something. */

import { closeDialog } from '../shell/dialog'
import { Dialog } from '../ui/Dialog'
import { allShortcuts } from './shortcuts'
import { t } from './words'
import './help.css'

const MAC = /Mac|iPhone|iPad/.test(navigator.userAgent)

export function ShortcutHelp() {
  return (
    <Dialog title={t('title')} onClose={closeDialog} size="wide">
      <div class="help">
        {allShortcuts().map(({ title, shortcuts }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl class="help-keys">
              {shortcuts.map(({ keys, does }) => (
                <div key={keys}>
                  <dt>
                    {shownKeys(keys).map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{does()}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

const SIGNS: Readonly<Record<string, string | (() => string)>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Mod: MAC ? '⌘' : () => t('key_ctrl'),
  Shift: () => t('key_shift'),
  Enter: () => t('key_enter'),
  Home: () => t('key_home'),
  End: () => t('key_end'),
  Delete: () => t('key_delete'),
  Alt: MAC ? '⌥' : 'Alt',
  Escape: 'Esc',
}

function shownKeys(keys: string): string[] {
  if (keys === '+') return ['+']
  return keys.split('+').map((key) => {
    const sign = SIGNS[key] ?? key
    return typeof sign === 'string' ? sign : sign()
  })
}
