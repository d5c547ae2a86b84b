import type { CustomEmoji } from '../wire/contract'
import { allEmoji, customEmoji, type Emoji } from './emoji'

/**
 * Emoji whose name, short name or search words have the typed words' beginnings; names that begin so come first.
 * `custom` are the space's own.
 */
export async function findEmoji(
  typed: string,
  custom: ReadonlyMap<string, CustomEmoji> | undefined,
): Promise<readonly (Emoji & { readonly name: string })[]> {
  const all = [...customEmoji(custom?.values() ?? []), ...(await allEmoji())]
  return matching(all, typed).map((one) => ({
    ...one,
    name: one.short === '' ? one.label : `:${one.short}:`,
  }))
}

/** The emoji that the name means, between its colons; none where the space has one of its own with that name. */
export async function emojiNamed(
  name: string,
  custom: ReadonlyMap<string, CustomEmoji> | undefined,
): Promise<string | null> {
  if (custom?.has(name)) return null
  return (await allEmoji()).find(({ names }) => names.includes(name))?.emoji ?? null
}

export function matching(all: readonly Emoji[], typed: string): Emoji[] {
  const wanted = typed.toLowerCase().replaceAll('_', ' ').trim().split(/\s+/)
  const ranked: [rank: number, emoji: Emoji][] = []
  for (const one of all) {
    const words = ` ${one.words.replaceAll('_', ' ')}`
    if (!wanted.every((word) => words.includes(` ${word}`))) continue
    const begins = one.short.replaceAll('_', ' ').startsWith(wanted.join(' '))
    ranked.push([begins ? 0 : one.label.toLowerCase().startsWith(wanted.join(' ')) ? 1 : 2, one])
  }
  return ranked.sort(([a], [b]) => a - b).map(([, one]) => one)
}
