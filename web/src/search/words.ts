import { strings } from '../i18n/strings'

export const t = strings(
  {
    search: 'Search messages',
    filters: 'Filters',
    in_this_room: 'In this room',
    from_whom: 'From…',
    from_named: 'From {name}',
    in_whom: 'In…',
    in_named: 'In {name}',
    has_file: 'With a file',
    has_link: 'With a link',
    after: 'From',
    before: 'Before',
    suggestions: 'Suggestions',
    found: { one: '{count} message', other: '{count} messages' },
    hidden: {
      one: '{count} of somebody whom you blocked is hidden.',
      other: '{count} of people whom you blocked are hidden.',
    },
    hint: 'Words anywhere in a message, "words in a row", -without this one. Filters narrow it: from:ann in:general has:file before:2026-01-31.',
    nothing: 'Nothing was found.',
    no_room: 'You are in no room with the name {name}.',
    nobody:
      'Nobody you share a space with has the name {name} now. Whoever was renamed is found by the present name; choose it from the list of members.',
    a_room: 'another room',
  },
  {
    search: 'Nachrichten suchen',
    filters: 'Filter',
    in_this_room: 'In diesem Raum',
    from_whom: 'Von…',
    from_named: 'Von {name}',
    in_whom: 'In…',
    in_named: 'In {name}',
    has_file: 'Mit Datei',
    has_link: 'Mit Link',
    after: 'Ab',
    before: 'Vor',
    suggestions: 'Vorschläge',
    found: { one: '{count} Nachricht', other: '{count} Nachrichten' },
    hidden: {
      one: '{count} von jemandem, den du blockiert hast, ist verborgen.',
      other: '{count} von Personen, die du blockiert hast, sind verborgen.',
    },
    hint: 'Wörter irgendwo in einer Nachricht, "Wörter in einer Reihe", -ohne dieses. Filter grenzen ein: from:ann in:allgemein has:file before:2026-01-31.',
    nothing: 'Nichts gefunden.',
    no_room: 'Du bist in keinem Raum mit dem Namen {name}.',
    nobody:
      'Niemand, mit dem du einen Bereich teilst, heißt jetzt {name}. Wer umbenannt wurde, ist unter dem heutigen Namen zu finden; er steht in der Liste der Mitglieder.',
    a_room: 'ein anderer Raum',
  },
)
