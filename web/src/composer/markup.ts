/** Markdown by key: what happens to a text and its selection. Pure. */

export interface Selection {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Puts the sign around the selection, or takes it away where it stands already. */
export function wrapped({ text, start, end }: Selection, sign: string): Selection {
  const before = text.slice(0, start)
  const inside = text.slice(start, end)
  const after = text.slice(end)
  if (before.endsWith(sign) && after.startsWith(sign))
    return {
      text: before.slice(0, -sign.length) + inside + after.slice(sign.length),
      start: start - sign.length,
      end: end - sign.length,
    }
  return { text: before + sign + inside + sign + after, start: start + sign.length, end: end + sign.length }
}

/** Makes the selection a link, and selects where its address goes; a selected address gets a place for its words. */
export function linked({ text, start, end }: Selection): Selection {
  const chosen = text.slice(start, end)
  const isAddress = /^https?:\/\/\S+$/u.test(chosen)
  const before = isAddress ? '[' : `[${chosen}](`
  const next = isAddress ? `[](${chosen})` : `[${chosen}](https://)`
  const caret = start + before.length
  return {
    text: text.slice(0, start) + next + text.slice(end),
    start: caret,
    end: isAddress ? caret : caret + 'https://'.length,
  }
}

/** Puts the sign before each line of the selection, or takes it away where all have it. */
export function prefixed({ text, start, end }: Selection, sign: string): Selection {
  const from = text.lastIndexOf('\n', start - 1) + 1
  const to = text.indexOf('\n', end) < 0 ? text.length : text.indexOf('\n', end)
  const lines = text.slice(from, to).split('\n')
  const all = lines.every((line) => line.startsWith(sign))
  const changed = lines.map((line) => (all ? line.slice(sign.length) : sign + line)).join('\n')
  const grown = changed.length - (to - from)
  return { text: text.slice(0, from) + changed + text.slice(to), start: from, end: to + grown }
}

/** What a new line in a list or a quote begins: the next line of it. An empty item ends the list. Else null. */
export function continued({ text, start, end }: Selection): Selection | null {
  if (start !== end) return null
  const from = text.lastIndexOf('\n', start - 1) + 1
  const line = text.slice(from, start)
  const item = /^(\s*)(?:([-*+])|(\d{1,9})([.)])|(>))\s+/u.exec(line)
  if (item === null) return null
  if (item[0].length === line.length)
    return { text: text.slice(0, from) + text.slice(start), start: from, end: from }
  const [, indent, bullet, number, dot, quote] = item
  const next = `\n${indent}${bullet ?? quote ?? `${Number(number) + 1}${dot}`} `
  const caret = start + next.length
  return { text: text.slice(0, start) + next + text.slice(start), start: caret, end: caret }
}
