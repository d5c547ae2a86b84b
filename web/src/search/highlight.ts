/**
 * A text in parts, by the positions that the server marks in it, and without the signs of its Markdown. The positions
 * count characters (code points), not UTF-16 units.
 */

import { plainText } from '../text/plain'

export interface Part {
  readonly text: string
  readonly marked: boolean
}

/** Stand around what was found while the signs are taken away: no text that can be sent has these two. */
const START = '\ufdd0'
const END = '\ufdd1'
const SIGNS = /[\ufdd0\ufdd1]/g

export function marked(text: string, highlights: readonly (readonly [number, number])[]): Part[] {
  const characters = [...text].map((one) => one.replace(SIGNS, ' '))
  let framed = ''
  let at = 0
  for (const [start, end] of [...highlights].sort((a, b) => a[0] - b[0])) {
    if (start < at || end > characters.length || end <= start) continue
    framed += `${characters.slice(at, start).join('')}${START}${characters.slice(start, end).join('')}${END}`
    at = end
  }
  framed += characters.slice(at).join('')
  return partsOf(plainText(framed, framed.length))
}

/** A sign without its other half, which stood in something hidden, ends with the text or means nothing. */
function partsOf(framed: string): Part[] {
  return framed
    .split(START)
    .flatMap((piece, nth): Part[] => {
      const end = piece.indexOf(END)
      const found = nth === 0 || end < 0 ? '' : piece.slice(0, end)
      const rest = found === '' ? piece : piece.slice(end + 1)
      return [
        { text: found, marked: true },
        { text: rest.replace(SIGNS, ''), marked: false },
      ]
    })
    .filter(({ text }) => text !== '')
}
