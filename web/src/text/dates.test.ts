import { computed } from '@preact/signals-core'
import { expect, it, vi } from 'vitest'
import { clock, dateAndClock, dateTime, day, dayStart, lookAtCalendar, narrowClock, shortly } from './dates'

const noon = new Date(2026, 10, 29, 12, 34).getTime()

it('leaves AM and PM away where there is little room', () => {
  expect(clock(noon)).toMatch(/^12:34\sPM$/)
  expect(narrowClock(noon)).toBe('12:34')
})

it('writes a time as the reader’s country does, wherever it stands', () => {
  vi.stubGlobal('navigator', { languages: ['de-AT', 'en-GB', 'en'] })
  for (const write of [dateTime, dateAndClock]) expect(write(noon)).not.toMatch(/PM/)
  expect(dateTime(noon)).toMatch(/^29 Nov 2026/)
  vi.unstubAllGlobals()
})

it('says days as people do, and anew when the day is over', () => {
  const now = new Date(2026, 4, 20, 15).getTime()
  const ago = (days: number) => now - days * 86_400_000
  vi.useFakeTimers({ now })
  lookAtCalendar()
  expect(day(now)).toBe('Today')
  expect(day(ago(1))).toBe('Yesterday')
  expect(day(ago(3))).toMatch(/^Sunday/)
  expect(day(ago(3))).not.toMatch(/2026/)
  expect(day(ago(300))).toMatch(/2025/)
  expect(shortly(ago(1))).not.toMatch(/:/)
  expect(shortly(dayStart(now))).toMatch(/:/)
  const shown = computed(() => [day(now), shortly(now)].join())
  expect(shown.value).toMatch(/^Today,.*:/)
  vi.setSystemTime(now + 86_400_000)
  lookAtCalendar()
  expect(shown.value).toMatch(/^Yesterday,[^:]*$/)
  vi.useRealTimers()
})

it('writes times anew for a reader who has come into another zone', () => {
  const at = Date.UTC(2026, 10, 29, 12, 34)
  const shown = computed(() => narrowClock(at))
  const seen = ['Europe/Helsinki', 'Asia/Kolkata'].map((zone) => {
    vi.stubEnv('TZ', zone)
    lookAtCalendar()
    return shown.value
  })
  expect(seen).toEqual(['2:34', '6:04'])
  vi.unstubAllEnvs()
})

it('names the zone in the hour that comes twice, and in no other', () => {
  vi.stubEnv('TZ', 'Europe/Berlin')
  vi.stubGlobal('navigator', { languages: ['en-GB'] })
  lookAtCalendar()
  const back = Date.UTC(2026, 9, 25, 1) // from three to two
  const quarters = [-5, -4, -1, 0, 3, 4].map((n) => back + n * 15 * 60_000)
  const shown = ['01:45', '02:00 CEST', '02:45 CEST', '02:00 CET', '02:45 CET', '03:00']
  expect(quarters.map(clock)).toEqual(shown)
  expect(quarters.map((at) => dateAndClock(at).split(' at ')[1])).toEqual(shown)
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
})

it('is where all times are written', () => {
  const sources = import.meta.glob<string>('../**/*.{ts,tsx}', {
    query: '?raw',
    import: 'default',
    eager: true,
  })
  const elsewhere = Object.entries(sources)
    .filter(([name]) => !name.endsWith('.test.ts') && !name.endsWith('/dates.ts'))
    .filter(([, source]) => /toLocale(?:Date|Time)?String\(\)|new Date\([^)]*\)\.toLocale/.test(source))
  expect(elsewhere.map(([name]) => name)).toEqual([])
})
