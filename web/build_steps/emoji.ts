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

interface Compact {
  readonly group?: number
  readonly hexcode: string
  readonly label: string
  readonly tags?: readonly string[]
  readonly unicode: string
  readonly skins?: readonly { readonly unicode: string }[]
}

/** Group, emoji, label, short name (or ''), search words, and the five skin tones (or none). */
export type EmojiRow = [
  group: number,
  emoji: string,
  label: string,
  short: string,
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
      // Short names are the same in all languages: they stand in no text, only the emoji do.
      const short = require('emojibase-data/en/shortcodes/github.json') as Record<string, string | string[]>
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(rows(all, short)))})`
    },
  }
}

function rows(all: readonly Compact[], short: Record<string, string | string[]>): EmojiRow[] {
  const found: EmojiRow[] = []
  for (const { group, hexcode, label, tags = [], unicode, skins = [] } of all) {
    if (group === undefined || group === COMPONENT) continue
    const names = [short[hexcode] ?? []].flat()
    // `+1` and `-1` have names that can be said, too.
    const name = names.find((one) => /[a-z]/.test(one)) ?? names[0] ?? ''
    const row: EmojiRow = [group, qualified(unicode), label, name, [...names, ...tags].join(' ')]
    if (skins.length === TONES) row.push(skins.map((skin) => qualified(skin.unicode)))
    found.push(row)
  }
  return found
}
