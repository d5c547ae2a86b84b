import { strings } from '../i18n/strings'

export const t = strings(
  {
    retention: 'How long messages are kept',
    kept: 'Messages are kept',
    as_space: 'as the space says',
    for_ever: 'for ever',
    for_days: 'for a number of days',
    days: 'Days',
    rule_title: 'Erase older messages?',
    rule_act: 'Erase them',
    rule_text: {
      one: 'From tomorrow on, messages that are older than {count} day are erased for everybody and for good, pinned ones too.',
      other:
        'From tomorrow on, messages that are older than {count} days are erased for everybody and for good, pinned ones too.',
    },
    now: { one: 'Now that is {count} message.', other: 'Now that is {count} messages.' },
    oldest: 'The oldest is of {when}.',
    hold_stands: 'A legal hold stands: nothing is erased.',
    hold_waits: 'A legal hold stands: it keeps them until it ends.',
    begin_hold: 'Begin a legal hold',
    end_hold: 'End the legal hold',
    begin_text:
      'Nothing is erased while it stands. What people delete is hidden, and kept for those who run the server. Members see that there is a hold; the audit has your reason.',
    released: 'What was deleted under the hold is erased from tomorrow on.',
    released_count: {
      one: '{count} message that was deleted under the hold is erased from tomorrow on.',
      other: '{count} messages that were deleted under the hold are erased from tomorrow on.',
    },
    own_rules: 'Rooms go on erasing by their own rules.',
  },
  {
    retention: 'Aufbewahrung von Nachrichten',
    kept: 'Nachrichten bleiben',
    as_space: 'wie im Bereich',
    for_ever: 'für immer',
    for_days: 'eine Zahl von Tagen lang',
    days: 'Tage',
    rule_title: 'Ältere Nachrichten löschen?',
    rule_act: 'Löschen lassen',
    rule_text: {
      one: 'Ab morgen werden Nachrichten, die älter sind als {count} Tag, für alle und für immer gelöscht, auch angeheftete.',
      other:
        'Ab morgen werden Nachrichten, die älter sind als {count} Tage, für alle und für immer gelöscht, auch angeheftete.',
    },
    now: { one: 'Jetzt ist das {count} Nachricht.', other: 'Jetzt sind das {count} Nachrichten.' },
    oldest: 'Die älteste ist vom {when}.',
    hold_stands: 'Eine rechtliche Aufbewahrung gilt: Nichts wird gelöscht.',
    hold_waits: 'Eine rechtliche Aufbewahrung gilt: Bis zu ihrem Ende bleiben sie.',
    begin_hold: 'Rechtliche Aufbewahrung beginnen',
    end_hold: 'Rechtliche Aufbewahrung beenden',
    begin_text:
      'Solange sie gilt, wird nichts gelöscht. Was jemand löscht, ist verborgen und bleibt für die, die den Server betreiben. Mitglieder sehen, dass sie gilt; dein Grund steht im Protokoll.',
    released: 'Was währenddessen gelöscht wurde, verschwindet ab morgen für immer.',
    released_count: {
      one: '{count} währenddessen gelöschte Nachricht verschwindet ab morgen für immer.',
      other: '{count} währenddessen gelöschte Nachrichten verschwinden ab morgen für immer.',
    },
    own_rules: 'Räume löschen weiter nach ihren eigenen Regeln.',
  },
)
