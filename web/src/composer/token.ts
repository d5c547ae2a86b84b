/** The word at the caret for which there are suggestions: `@an`, `#gen`, `:smi`, or a command at the beginning. Pure. */

import { nameMayFollow } from '../text/inline'

export interface Token {
  readonly kind: 'person' | 'room' | 'emoji' | 'command'
  /** What was typed behind the sign. */
  readonly typed: string
  /** Where the word begins, the sign included. */
  readonly from: number
  readonly to: number
}

const KINDS = {
  '@': 'person',
  '＠': 'person',
  '﹫': 'person',
  '#': 'room',
  ':': 'emoji',
  '/': 'command',
} as const
/** Longer words are no names. */
const LONGEST = 40

export function tokenAt(text: string, caret: number): Token | null {
  const from = signBefore(text, caret)
  if (from === null || inCode(text.slice(0, from))) return null
  const kind = KINDS[text[from] as keyof typeof KINDS]
  const typed = text.slice(from + 1, caret)
  // `:)` and `:12` are no names of emoji, and one letter finds too many.
  if (kind === 'emoji' && !/^[\p{L}+-][\p{L}\d_+-]+$/u.test(typed)) return null
  return { kind, typed, from, to: caret }
}

/** Where the sign stands that begins the word at the caret; null where none does. */
function signBefore(text: string, caret: number): number | null {
  for (let at = caret - 1; at >= Math.max(0, caret - LONGEST); at -= 1) {
    const sign = text[at] as string
    if (/\s/u.test(sign)) return null
    const kind = KINDS[sign as keyof typeof KINDS]
    if (kind === 'command' ? at === 0 : kind && nameMayFollow(text[at - 1] ?? '', kind !== 'room')) return at
  }
  return null
}

/** The name of an emoji that was typed to its end: `:tada:`. */
export function closedName(text: string, caret: number): Token | null {
  if (text[caret - 1] !== ':') return null
  const token = tokenAt(text, caret - 1)
  return token?.kind === 'emoji' ? { ...token, to: caret } : null
}

/** Whether what follows would stand in code: there nothing is a name. */
function inCode(before: string): boolean {
  const fences = before.split(/^```/mu).length - 1
  if (fences % 2 === 1) return true
  const line = before.slice(before.lastIndexOf('\n') + 1)
  return (line.split('`').length - 1) % 2 === 1
}

/** The text with the word replaced, and where the caret is then. */
export function replaced(text: string, token: Token, by: string): { text: string; caret: number } {
  const rest = text.slice(token.to)
  const space = rest.startsWith(' ') ? '' : ' '
  return { text: text.slice(0, token.from) + by + space + rest, caret: token.from + by.length + 1 }
}
