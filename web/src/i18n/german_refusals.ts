/** What a request can end with instead of a result, in German: by its code, or by what is often said. */

import type { Failure } from '../data/refusal'
import type { ErrorCode } from '../wire/contract'

const CODES: Readonly<Record<ErrorCode | 'lost', string>> = {
  invalid: 'So geht es nicht: Eine Angabe stimmt nicht.',
  unauthenticated: 'Die Anmeldung gilt nicht.',
  forbidden: 'Das ist dir hier nicht erlaubt.',
  not_found: 'Das gibt es nicht, oder du siehst es nicht.',
  conflict: 'Das passt nicht zu dem, was schon da ist.',
  rate_limited: 'Das war zu viel in kurzer Zeit.',
  too_large: 'Das ist zu groß.',
  overloaded: 'Der Server hat gerade zu viel zu tun. Versuche es gleich noch einmal.',
  uncertain:
    'Der Server hat nicht rechtzeitig geantwortet. Sieh nach, ob es geschehen ist, bevor du es noch einmal versuchst.',
  unavailable: 'Der Server kann das gerade nicht. Nichts ist geändert; versuche es gleich noch einmal.',
  internal: 'Im Server ist etwas schiefgegangen.',
  lost: 'Es kam keine Antwort. Ob es geschehen ist, zeigt sich, wenn die Verbindung zurück ist.',
}

/** What people meet most often: these need no word of the server behind them. */
const KNOWN: readonly (readonly [pattern: RegExp, german: string])[] = [
  [/^name or password is wrong/, 'Name oder Passwort stimmen nicht.'],
  [/^the (old )?password is wrong/, 'Das Passwort stimmt nicht.'],
  [/^this name is taken/, 'Dieser Name ist vergeben. Wähle einen anderen.'],
  [
    /^a name consists of/,
    'Ein Name besteht aus Buchstaben, Ziffern, „.“, „_“ und „-“ und beginnt nicht mit „.“ oder „-“.',
  ],
  [/^a password must have/, 'Ein Passwort hat 8 bis 256 Zeichen.'],
  [
    /^this password is easy to guess/,
    'Dieses Passwort ist leicht zu erraten. Nimm ein paar Wörter mehr, gern seltene.',
  ],
  [
    /^this code is wrong or has been used/,
    'Dieser Code ist falsch oder verbraucht. Warte auf den nächsten, oder nimm einen Wiederherstellungscode.',
  ],
  [
    /^this code is wrong/,
    'Dieser Code ist falsch. Warte auf den nächsten, und sieh nach, ob die Uhr des Geräts stimmt, das ihn zeigt.',
  ],
  [/^this passkey is not known/, 'Diesen Passkey kennt der Server nicht.'],
  [/^this token is not valid/, 'Die Anmeldung gilt nicht mehr. Melde dich neu an.'],
  [/^this account is disabled/, 'Dieses Konto ist abgeschaltet. Frage, wer den Server betreibt.'],
  [/^this invite is not valid/, 'Diese Einladung gilt nicht oder nicht mehr. Bitte um eine neue.'],
  [/^signing up needs an invite/, 'Dafür brauchst du eine Einladung. Bitte ein Mitglied darum.'],
  [/^this link has been used/, 'Dieser Link ist verbraucht oder abgelaufen.'],
  [/^there is no such account/, 'Dieses Konto gibt es nicht.'],
  [/^there is no such room/, 'Diesen Raum gibt es nicht, oder du siehst ihn nicht.'],
  [/^there is no such space/, 'Diesen Bereich gibt es nicht, oder du bist nicht darin.'],
  [/^there is no such message/, 'Diese Nachricht gibt es nicht. Vielleicht wurde sie gelöscht.'],
  [/^the room is archived/, 'Der Raum ist archiviert: Man kann ihn lesen, aber nichts mehr darin tun.'],
  [
    /^(there is no connection|the server (cannot be reached|does not answer)|this address cannot)/,
    'Der Server ist nicht zu erreichen. Versuche es noch einmal, wenn es wieder eine Verbindung gibt.',
  ],
  [/^the password was changed/, 'das Passwort wurde geändert'],
  [/^the account was disabled/, 'das Konto wurde abgeschaltet'],
  [
    /^a refresh token was used twice/,
    'ein Schlüssel dieses Geräts wurde zweimal benutzt, vielleicht von jemand anderem',
  ],
  [/^(this device was )?signed out$/, 'dieses Gerät wurde abgemeldet'],
  [/^signed out from another device/, 'es wurde von einem anderen Gerät abgemeldet'],
  [/^signed out by an operator/, 'jemand, der den Server betreibt, hat es abgemeldet'],
]

export function german({ code, message, retryAfter }: Partial<Failure> & { message: string }): string {
  const known = KNOWN.find(([pattern]) => pattern.test(message))
  if (known !== undefined) return known[1]
  if (typeof code !== 'string') return message // the client's own word is German already
  if (code === 'lost') return CODES.lost
  const sentence = CODES[code as ErrorCode] ?? 'Der Server hat das abgelehnt.'
  return `${sentence}${waiting(code, retryAfter)} (Server: ${message})`
}

function waiting(code: string, seconds: number | null | undefined): string {
  if (code !== 'rate_limited' || seconds == null) return ''
  return seconds < 120
    ? ` Versuche es in ${Math.ceil(seconds)} Sekunden noch einmal.`
    : ` Versuche es in ${Math.ceil(seconds / 60)} Minuten noch einmal.`
}
