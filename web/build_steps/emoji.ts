/**
 * The emoji that a browser can show, by `import('virtual:emoji/en')`: of emojibase's data what the picker shows and
 * searches, so that it is one small file a language.
 */

import { createRequire } from 'node:module'
import type { Plugin } from 'vite'
import { qualified } from '../src/data/qualified.ts'

const NAME = /^virtual:emoji\/(en|de)$/
/** Single letters and skin tones are no emoji of their own. */
const COMPONENT = 2
const TONES = 5

type Names = Readonly<Record<string, string | string[]>>

interface Compact {
  readonly group?: number
  readonly hexcode: string
  readonly label: string
  readonly tags?: readonly string[]
  readonly unicode: string
  readonly skins?: readonly { readonly unicode: string }[]
}

/** Group, emoji, label, its names (or ''), search words, and the five skin tones (or none). */
export type EmojiRow = [
  group: number,
  emoji: string,
  label: string,
  names: string,
  tags: string,
  tones?: string[],
]

export function emoji(): Plugin {
  const require = createRequire(import.meta.url)
  return {
    name: 'chatd:emoji',
    resolveId: (id) => (NAME.test(id) ? `\0${id}` : null),
    load(id) {
      const language = NAME.exec(id.slice(1))?.[1]
      if (!id.startsWith('\0') || language === undefined) return null
      const all = require(`emojibase-data/${language}/compact.json`) as Compact[]
      // Names are the same in all languages: they stand in no text, only the emoji do.
      const sets = ['github', 'iamcal'].map(
        (set) => require(`emojibase-data/en/shortcodes/${set}.json`) as Names,
      )
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(rows(all, named(sets))))})`
    },
  }
}

/** By code: how people call the emoji who know it from elsewhere. A name means what the earlier set says. */
function named(sets: readonly Names[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  const taken = new Set<string>()
  for (const [code, names] of sets.flatMap((set) => Object.entries(set)))
    for (const name of [names].flat()) {
      if (taken.has(name) || name.startsWith('flag-')) continue
      taken.add(name)
      found.set(code, [...(found.get(code) ?? []), name])
    }
  return found
}

function rows(all: readonly Compact[], named: ReadonlyMap<string, readonly string[]>): EmojiRow[] {
  const found: EmojiRow[] = []
  for (const { group, hexcode, label, tags = [], unicode, skins = [] } of all) {
    if (group === undefined || group === COMPONENT) continue
    // `+1` and `-1` have names that can be said, too: such a one stands first.
    const names = [...(named.get(hexcode) ?? [])].sort(
      (a, b) => Number(!/[a-z]/.test(a)) - Number(!/[a-z]/.test(b)),
    )
    const row: EmojiRow = [group, qualified(unicode), label, names.join(' '), tags.join(' ')]
    if (skins.length === TONES) row.push(skins.map((skin) => qualified(skin.unicode)))
    found.push(row)
  }
  return found
}
