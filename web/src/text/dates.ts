/** Times in the reader's language and zone. Formatters are kept: making one costs more than a hundred uses. */

import { signal } from '@preact/signals'
import { serverNow } from '../data/clock'
import { language } from '../i18n/strings'

/** Longer than clocks go back, and shorter than any time between two changes. */
const AROUND_MS = 3 * 3600_000

const KEPT = new Map<string, Intl.DateTimeFormat>()

const zone = signal('')
const today = signal(0)
lookAtCalendar()

/** No event tells that the day is over, or that the reader is in another zone now: then times are shown anew. */
export function lookAtCalendar(): void {
  zone.value = new Intl.DateTimeFormat().resolvedOptions().timeZone
  today.value = dayStart(serverNow())
}

/** With the name of the zone in the hour that comes twice. */
const ZONED: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' }

export function clock(at: number): string {
  return formatter(comesTwice(at) ? ZONED : { timeStyle: 'short' }).format(at)
}

/** The clock without AM or PM, where there is room for no more and the message above says which. */
export function narrowClock(at: number): string {
  const parts = formatter({ timeStyle: 'short' }).formatToParts(at)
  return parts
    .map(({ type, value }) => (type === 'dayPeriod' ? '' : value))
    .join('')
    .trim()
}

export function dateAndClock(at: number): string {
  return formatter(
    comesTwice(at)
      ? { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', ...ZONED }
      : { dateStyle: 'full', timeStyle: 'short' },
  ).format(at)
}

/** For lists of what happened: which day and when, in few signs. */
export function dateTime(at: number): string {
  return formatter({ dateStyle: 'medium', timeStyle: 'short' }).format(at)
}

/** `Today`, `Yesterday`, the day of the week within the last week, or the date. */
export function day(at: number): string {
  const days = Math.round((today.value - dayStart(at)) / 86_400_000)
  if (days === 0 || days === 1)
    return capital(new Intl.RelativeTimeFormat(language.value, { numeric: 'auto' }).format(-days, 'day'))
  if (days > 1 && days < 7) return formatter({ weekday: 'long', day: 'numeric', month: 'long' }).format(at)
  return formatter({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(at)
}

/** The clock today, else the date: for lists. */
export function shortly(at: number): string {
  if (dayStart(at) === today.value) return clock(at)
  const sameYear = new Date(at).getFullYear() === new Date(today.value).getFullYear()
  return formatter({ day: 'numeric', month: 'short', year: sameYear ? undefined : 'numeric' }).format(at)
}

/** The midnight at which the reader's day began. */
export function dayStart(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

/** Whether clocks show this time again, or did before, because they go back. */
function comesTwice(at: number): boolean {
  const [before, here, after] = [at - AROUND_MS, at, at + AROUND_MS].map(west) as [number, number, number]
  const back = after - before
  return back > 0 && west(at + (here === before ? back : -back)) !== here
}

/** How far clocks here are behind UTC, in milliseconds. */
function west(at: number): number {
  return new Date(at).getTimezoneOffset() * 60_000
}

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language.value} ${zone.value} ${JSON.stringify(options)}`
  let found = KEPT.get(key)
  if (found === undefined) {
    found = new Intl.DateTimeFormat(locale(), options)
    KEPT.set(key, found)
  }
  return found
}

/** The browser's own variant of the language that is spoken: `en-GB` writes 24 hours. */
function locale(): string {
  return (
    globalThis.navigator?.languages?.find((tag) => tag.split('-')[0] === language.value) ?? language.value
  )
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1)
}
