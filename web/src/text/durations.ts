/** How long something takes, in words. */

import { language } from '../i18n/strings'

/** Seconds of each unit, the longest first. */
export const UNITS = { day: 86_400, hour: 3_600, minute: 60, second: 1 } as const
type Unit = keyof typeof UNITS

/** Seconds in the largest unit in which they are a whole number. */
export function lasting(seconds: number): string {
  const unit = longest((size) => seconds % size === 0)
  const style = { style: 'unit', unit, unitDisplay: 'long' } as const
  return new Intl.NumberFormat(language.value, style).format(seconds / UNITS[unit])
}

/** What was measured, in a unit of which there are two or more. */
export function roughly(seconds: number): string {
  const unit = longest((size) => seconds >= 2 * size)
  return lasting(Math.round(seconds / UNITS[unit]) * UNITS[unit])
}

function longest(fits: (size: number) => boolean): Unit {
  const units = Object.keys(UNITS) as Unit[]
  return units.find((unit) => fits(UNITS[unit])) ?? 'second'
}
