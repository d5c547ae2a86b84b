/** Addresses in texts: which may become links, and what a reader should know of them. */

const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])
/** The signs at its end are those that part sentences where no space does. */
const BARE =
  /(?:https?:\/\/|mailto:)[^\s<>"`\p{Cc}\p{Cf}\p{Z}、。，；：！？（）「」『』【】〈〉《》]{1,2000}/iuy
const TRAILING = /[.,;:!?'"*_~|)\]}»”’…]/

/** The address in its one spelling, or null if nobody should follow it. */
export function safeAddress(text: string): string | null {
  try {
    const url = new URL(text)
    return SCHEMES.has(url.protocol) ? url.href : null
  } catch {
    return null
  }
}

/** The address that begins at `at`, without the signs that belong to the sentence around it. */
export function bareAddress(text: string, at: number): { text: string; href: string } | null {
  BARE.lastIndex = at
  const found = BARE.exec(text)?.[0]
  if (found === undefined) return null
  const trimmed = withoutTrailing(found)
  const href = safeAddress(trimmed)
  return href === null || /^(?:https?:\/\/|mailto:)$/i.test(trimmed) ? null : { text: trimmed, href }
}

/** Whom a link leads to, where its words do not say it: null if they do. */
export function hostToShow(href: string, words: string, auto: boolean): string | null {
  const url = new URL(href)
  const whole = words.trim()
  if (url.protocol === 'mailto:')
    return whole === url.pathname || whole.toLowerCase() === href.toLowerCase() ? null : url.pathname
  const said = auto ? spelledHost(whole) : whole.replace(/^https?:\/\//i, '').replace(/\/$/, '')
  const rest = url.href.replace(/^https?:\/\//i, '').replace(/\/$/, '')
  if (url.username === '' && (auto ? said === url.host : said === rest || said === url.host)) return null
  return url.host
}

function spelledHost(address: string): string {
  return (address.replace(/^https?:\/\//i, '').split(/[/?#]/, 1)[0] as string)
    .toLowerCase()
    .replace(/:(?:80|443)$/, '')
}

function withoutTrailing(address: string): string {
  const opened = { ')': count(address, '('), ']': count(address, '[') }
  const closed = { ')': count(address, ')'), ']': count(address, ']') }
  let end = address.length
  while (end > 0) {
    const last = address[end - 1] as string
    if (!TRAILING.test(last)) break
    if (last === ')' || last === ']') {
      if (closed[last] <= opened[last]) break
      closed[last] -= 1
    }
    end -= 1
  }
  return address.slice(0, end)
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1
}
