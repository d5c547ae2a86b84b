import { strings } from '../i18n/strings'

export const t = strings(
  {
    filter: 'Filter by name',
    nobody: 'Nobody has such a name.',
    people: 'People',
    bot: 'Bot',
    disabled: 'Disabled',
    deleted: 'Deleted account',
    message: 'Message',
    block: 'Block',
    unblock: 'Unblock',
    blocked: 'You have blocked this account: you see nothing that it writes.',
    last_seen: 'Last seen {when}',
    load_more: 'Show more',
    unknown: 'Nothing is known of this account.',
    kept: {
      one: 'Messages in this room are erased after one day.',
      other: 'Messages in this room are erased after {count} days.',
    },
    held: 'A legal hold stands on this room: nothing is erased, and what you delete is only hidden until it ends.',
  },
  {
    filter: 'Nach Namen filtern',
    nobody: 'Niemand heißt so.',
    people: 'Personen',
    bot: 'Bot',
    disabled: 'Gesperrt',
    deleted: 'Gelöschtes Konto',
    message: 'Nachricht',
    block: 'Blockieren',
    unblock: 'Nicht mehr blockieren',
    blocked: 'Du hast dieses Konto blockiert: Du siehst nichts, was es schreibt.',
    last_seen: 'Zuletzt gesehen {when}',
    load_more: 'Mehr anzeigen',
    unknown: 'Über dieses Konto ist nichts bekannt.',
    kept: {
      one: 'Nachrichten in diesem Raum werden nach einem Tag gelöscht.',
      other: 'Nachrichten in diesem Raum werden nach {count} Tagen gelöscht.',
    },
    held: 'Für diesen Raum gilt eine rechtliche Aufbewahrung: Nichts wird gelöscht, und was du löschst, ist bis zu ihrem Ende nur verborgen.',
  },
)
