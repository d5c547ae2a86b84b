import { strings } from '../i18n/strings'

export const t = strings(
  {
    presence_online: 'Online',
    presence_away: 'Away',
    presence_dnd: 'Do not disturb',
    presence_invisible: 'Invisible',
    presence_offline: 'Offline',
  },
  {
    presence_online: 'Online',
    presence_away: 'Abwesend',
    presence_dnd: 'Bitte nicht stören',
    presence_invisible: 'Unsichtbar',
    presence_offline: 'Offline',
  },
)
