import { expect, it, vi } from 'vitest'
import { clock, dateAndClock, dateTime, narrowClock } from './dates'

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

it('names the zone in the hour that comes twice, and in no other', async () => {
  vi.stubEnv('TZ', 'Europe/Berlin')
  vi.stubGlobal('navigator', { languages: ['en-GB'] })
  vi.resetModules() // formatters of another zone are kept
  const { clock, dateAndClock } = await import('./dates')
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
