import { folded } from '../text/folded'

/** How well a name answers what was typed: 0 not at all, more is better. Pure. */
export function score(typed: string, name: string): number {
  const wanted = folded(typed)
  const text = folded(name)
  if (wanted === '') return 0
  if (text === wanted) return 10
  if (text.startsWith(wanted)) return 8 + wanted.length / text.length
  const word = wordWith(wanted, text)
  if (word >= 0) return 6 - word / 1000
  if (text.includes(wanted)) return 4 - text.indexOf(wanted) / 1000
  return scattered(wanted, text) ? 2 - text.length / 1000 : 0
}

/** Whether the letters stand in the name in this order: `grl` in `general`. */
function scattered(wanted: string, text: string): boolean {
  let at = 0
  for (const letter of wanted) {
    at = text.indexOf(letter, at)
    if (at < 0) return false
    at += letter.length
  }
  return true
}

/** Where the word that begins with it begins, behind what parts words; -1: none does. */
function wordWith(wanted: string, text: string): number {
  for (let at = text.indexOf(wanted, 1); at > 0; at = text.indexOf(wanted, at + 1))
    if (PARTS.test(text[at - 1] as string)) return at - 1
  return -1
}

const PARTS = /[\s\-_./]/
