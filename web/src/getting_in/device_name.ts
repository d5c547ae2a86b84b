/** Words of a browser's name for itself, and what people call it. The first that is found counts: most pretend. */
const BROWSERS = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['Firefox', 'Firefox'],
  ['FxiOS', 'Firefox'],
  ['CriOS', 'Chrome'],
  ['Chrome', 'Chrome'],
  ['Safari', 'Safari'],
] as const
const SYSTEMS = [
  ['Windows', 'Windows'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['Mac OS X', 'macOS'],
  ['CrOS', 'ChromeOS'],
  ['Linux', 'Linux'],
] as const

/** What this device is called in the list of devices. */
export function deviceName(agent = navigator.userAgent): string {
  const named = (names: readonly (readonly [string, string])[]) =>
    names.find(([word]) => agent.includes(word))?.[1]
  return [named(BROWSERS) ?? 'Browser', named(SYSTEMS)].filter(Boolean).join(', ')
}
