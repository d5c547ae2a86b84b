/** The groups that emoji are shown in: those of Unicode, and two of our own. */

import type { Emoji } from './emoji'
import { recent } from './recent'

export const RECENTLY = -2
/** Those of the space. */
export const OWN = -1
export const GROUPS = [RECENTLY, OWN, 0, 1, 3, 4, 5, 6, 7, 8, 9] as const

export function emojiOf(group: number, all: readonly Emoji[]): readonly Emoji[] {
  if (group !== RECENTLY) return all.filter((one) => one.group === group)
  const byEmoji = new Map(
    all.flatMap((one) => [[one.emoji, one] as const, ...one.tones.map((same) => [same, one] as const)]),
  )
  const used = recent.value.flatMap((emoji) => {
    const one = byEmoji.get(emoji)
    return one === undefined ? [] : [{ ...one, emoji, tones: [] }]
  })
  // They are few at first: below them the faces go on.
  return [...used, ...all.filter((one) => one.group === 0 && !recent.value.includes(one.emoji))]
}
