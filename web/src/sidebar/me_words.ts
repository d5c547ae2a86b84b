import { strings } from '../i18n/strings'

export const t = strings(
  {
    online: 'Online',
    away: 'Away',
    dnd: 'Do not disturb',
    invisible: 'Invisible',
    shortcuts: 'Keyboard shortcuts',
    operate: 'Server',
    switch_to: 'Switch to {name}',
    add_account: 'Add an account',
    sign_out: 'Sign out',
  },
  {
    online: 'Online',
    away: 'Abwesend',
    dnd: 'Bitte nicht stören',
    invisible: 'Unsichtbar',
    shortcuts: 'Tastenkürzel',
    operate: 'Server',
    switch_to: 'Zu {name} wechseln',
    add_account: 'Konto hinzufügen',
    sign_out: 'Abmelden',
  },
)
