/** A name as it is looked for by: without case, accents, and space around it. */
export function folded(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase().trim()
  let found = known.get(text)
  if (found === undefined) {
    found = text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase().trim()
    if (known.size >= MOST) known.clear()
    known.set(text, found)
  }
  return found
}

const PLAIN = /^[\x20-\x7e]*$/
/** With each key the names of thousands of people are looked through. */
const known = new Map<string, string>()
const MOST = 20_000
