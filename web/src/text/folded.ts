/** A name as it is looked for by: without case, accents, and space around it; in every language of the machine the same. */
export function folded(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase().trim()
  let found = known.get(text)
  if (found === undefined) {
    found = text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[ıłøđðħßæœς]/g, (letter) => LETTERS.get(letter) ?? letter)
      .trim()
    if (known.size >= MOST) known.clear()
    known.set(text, found)
  }
  return found
}

/** Letters whose strokes are no marks of their own, or of which there are two small ones. */
const LETTERS = new Map(
  'ıi łl øo đd ðd ħh ßss æae œoe ςσ'.split(' ').map((pair) => [pair.charAt(0), pair.slice(1)]),
)
const PLAIN = /^[\x20-\x7e]*$/
/** With each key the names of thousands of people are looked through. */
const known = new Map<string, string>()
const MOST = 20_000
