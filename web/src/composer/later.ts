/** Times at which people like to send something later. By the machine's time zone and the server's clock; `now` for tests. */

import { serverNow } from '../data/clock'
import { UNITS } from '../text/durations'

const MORNING = 9
const MONDAY = 1

export function inAnHour(now = new Date(serverNow())): Date {
  return new Date(now.getTime() + 3_600_000)
}

export function tomorrow(now = new Date(serverNow())): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, MORNING)
}

/** The next Monday that is not today. */
export function nextMonday(now = new Date(serverNow())): Date {
  const days = (MONDAY - now.getDay() + 7) % 7 || 7
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING)
}

const TYPED = { d: UNITS.day, h: UNITS.hour, m: UNITS.minute, s: UNITS.second } as const

/** `90m` as seconds; null where it is no time. */
export function secondsOf(typed: string): number | null {
  const found = /^(\d{1,6})([dhms])$/.exec(typed.toLowerCase())
  if (found === null) return null
  const seconds = Number(found[1]) * TYPED[found[2] as keyof typeof TYPED]
  return seconds > 0 && seconds <= LONGEST_S ? seconds : null
}

/** The protocol's longest `expires_in`: ten years. */
const LONGEST_S = 316_224_000

/** A time as an `<input type="datetime-local">` takes it: of this machine's zone, without one. */
export function localInput(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`
}
