// Numbers and times as people read them.

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const clock = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const day = new Intl.DateTimeFormat([], { dateStyle: 'medium', timeStyle: 'medium' })

export const count = (value) => number.format(value)

export function size(bytes) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${number.format(value)} ${units[unit]}`
}

export function duration(seconds) {
  if (seconds < 60) return `${number.format(seconds)} s`
  const parts = [
    [Math.floor(seconds / 86400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
  ]
  return parts
    .filter(([value]) => value)
    .slice(0, 2)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ')
}

export const milliseconds = (value) => `${number.format(value)} ms`
export const time = (at) => clock.format(at)
export const date = (at) => day.format(at)

/** How long ago, in the clock of this browser. */
export function ago(at) {
  const seconds = Math.max(0, (Date.now() - at) / 1000)
  return seconds < 1 ? 'now' : `${duration(Math.floor(seconds))} ago`
}
