/**
 * What is typed into a search: words, and filters as words. `from:ann in:general before:2026-01-31 has:file tea`.
 * Pure: names become ids elsewhere.
 */

export interface SearchQuery {
  /** What is left for the server to look for. */
  readonly text: string
  readonly from: string | null
  readonly in: string | null
  /** Local days, `YYYY-MM-DD`. `after` is included, `before` is not. */
  readonly before: string | null
  readonly after: string | null
  readonly hasFile: boolean
  readonly hasLink: boolean
}

const FILTER = /(?:^|\s)(from|in|before|after|has):(?:"([^"]*)"|(\S+))/giu
const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/

export type FilterName = 'from' | 'in' | 'before' | 'after' | 'has'

export function parsed(typed: string): SearchQuery {
  const query = { from: null, in: null, before: null, after: null, hasFile: false, hasLink: false } as {
    -readonly [K in Exclude<keyof SearchQuery, 'text'>]: SearchQuery[K]
  }
  const text = typed.replace(
    FILTER,
    (whole, name: string, quoted: string | undefined, word: string | undefined) => {
      const value = quoted ?? word ?? ''
      switch (name.toLowerCase()) {
        case 'from':
          query.from = value.replace(/^@/, '')
          return ' '
        case 'in':
          query.in = value.replace(/^#/, '')
          return ' '
        case 'has':
          if (value === 'file') query.hasFile = true
          else if (value === 'link') query.hasLink = true
          else return whole
          return ' '
        default:
          if (!DAY.test(value)) return whole
          query[name.toLowerCase() as 'before' | 'after'] = value
          return ' '
      }
    },
  )
  // A space at the end means that the last word is whole, so it stays.
  return { text: text.replace(/^\s+/, ''), ...query }
}

/** The first moment of a local day, Unix milliseconds. */
export function dayBegins(day: string): number {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  return new Date(year, month - 1, date).getTime()
}

/** Without the filters of that name, or only those with that value. */
export function without(typed: string, name: FilterName, value: string | null = null): string {
  return typed
    .replace(FILTER, (whole, found: string, quoted: string | undefined, word: string | undefined) =>
      found.toLowerCase() === name && (value === null || (quoted ?? word) === value) ? '' : whole,
    )
    .trim()
}

/** With the filter behind what is there; another of its name gives way, but for `has`. */
export function withFilter(typed: string, name: FilterName, value: string): string {
  const rest = without(typed, name, name === 'has' ? value : null)
  return `${rest} ${name}:${/\s/.test(value) ? `"${value}"` : value} `.trimStart()
}

/** The filter at the end that is still being typed: `from:an` */
export function unfinished(typed: string): { readonly name: 'from' | 'in'; readonly typed: string } | null {
  const found = /(?:^|\s)(from|in):(?:"([^"]*)|(\S*))$/iu.exec(typed)
  if (found === null) return null
  const name = (found[1] as string).toLowerCase() as 'from' | 'in'
  return { name, typed: (found[2] ?? found[3] ?? '').replace(/^[@#]/, '') }
}

/** What is typed with its unfinished filter finished. */
export function finished(typed: string, value: string): string {
  const open = unfinished(typed)
  if (open === null) return typed
  return withFilter(typed.replace(/(?:^|\s)(from|in):(?:"[^"]*|\S*)$/iu, ''), open.name, value)
}
