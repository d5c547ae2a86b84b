/** All emoji with their names in the reader's language, loaded when they are first looked for. */

import { language } from '../i18n/strings'
import type { CustomEmoji } from '../wire/contract'

export interface Emoji {
  /** What goes into a text or a reaction. */
  readonly emoji: string
  readonly label: string
  /** `thumbsup`; empty where it has none. */
  readonly short: string
  /** Under which it may be typed: `thumbsup`, `+1`. */
  readonly names: readonly string[]
  readonly group: number
  readonly words: string
  /** The same in five skin tones, light to dark. */
  readonly tones: readonly string[]
}

const loaded = new Map<string, Promise<readonly Emoji[]>>()

/** Rejects when the list could not be loaded; the next call tries again. */
export function allEmoji(): Promise<readonly Emoji[]> {
  const lang = language.peek()
  let all = loaded.get(lang)
  if (all === undefined) {
    const data = lang === 'de' ? import('virtual:emoji/de') : import('virtual:emoji/en')
    all = data.then(({ default: rows }) =>
      rows.map(([group, emoji, label, names, tags, tones = []]) => ({
        emoji,
        label,
        short: names.split(' ')[0] as string,
        names: names === '' ? [] : names.split(' '),
        group,
        words: `${label} ${names} ${tags}`.toLowerCase(),
        tones,
      })),
    )
    all.catch(() => loaded.delete(lang))
    loaded.set(lang, all)
  }
  return all
}

/** A space's own emoji as if it were one of the others. */
export function customEmoji(custom: Iterable<CustomEmoji>): Emoji[] {
  return [...custom].map(({ name }) => ({
    emoji: `:${name}:`,
    label: name,
    short: name,
    names: [name],
    group: -1,
    words: name,
    tones: [],
  }))
}
