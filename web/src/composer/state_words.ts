/** Words for what is shown of messages before the field is loaded: those under way, and who types. */

import { strings } from '../i18n/strings'

export const t = strings(
  {
    typing_one: '{a} is typing …',
    typing_two: '{a} and {b} are typing …',
    typing_more: {
      one: '{a}, {b} and {count} other are typing …',
      other: '{a}, {b} and {count} others are typing …',
    },
    waiting: 'Waits for a connection',
    sending: 'Is being sent',
    sent: 'Sent',
    delivered: { one: 'Delivered to {count} person', other: 'Delivered to {count} people' },
    delivered_one: 'Delivered',
    read: { one: 'Read by {count} person', other: 'Read by {count} people' },
    read_one: 'Read',
    failed: 'Not sent: {reason}',
    not_sent: 'Not sent',
    sends_itself: 'Goes out by itself. The server says: {reason}',
    files_gone: 'Not sent: its files were lost when the page was loaded anew. Edit it and choose them again.',
    retry: 'Send again',
    discard: 'Throw away',
    edit_again: 'Edit',
    sends_when_ready: 'The message is sent when its files are uploaded.',
  },
  {
    typing_one: '{a} schreibt …',
    typing_two: '{a} und {b} schreiben …',
    typing_more: {
      one: '{a}, {b} und {count} weitere Person schreiben …',
      other: '{a}, {b} und {count} weitere schreiben …',
    },
    waiting: 'Wartet auf eine Verbindung',
    sending: 'Wird gesendet',
    sent: 'Gesendet',
    delivered: { one: 'Bei {count} Person angekommen', other: 'Bei {count} Personen angekommen' },
    delivered_one: 'Angekommen',
    read: { one: 'Von {count} Person gelesen', other: 'Von {count} Personen gelesen' },
    read_one: 'Gelesen',
    failed: 'Nicht gesendet: {reason}',
    not_sent: 'Nicht gesendet',
    sends_itself: 'Wird von selbst gesendet. {reason}',
    files_gone:
      'Nicht gesendet: Die Dateien gingen verloren, als die Seite neu geladen wurde. Bearbeite die Nachricht und wähle sie neu.',
    retry: 'Noch einmal senden',
    discard: 'Verwerfen',
    edit_again: 'Bearbeiten',
    sends_when_ready: 'Die Nachricht wird gesendet, sobald ihre Dateien hochgeladen sind.',
  },
)
