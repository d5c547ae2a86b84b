/**
 * Reactions as they are shown: what was just pressed counts before the server has said so, and nobody sees what
 * somebody gave whom they have blocked. Pure.
 */

import type { Reaction } from '../wire/contract'

/** By emoji: whether the account wants to have given it. */
export type Wanted = ReadonlyMap<string, boolean>

export function given(reactions: readonly Reaction[], emoji: string, me: string): boolean {
  return reactions.some((one) => one.emoji === emoji && one.accounts.includes(me))
}

export function shownReactions(
  reactions: readonly Reaction[],
  wanted: Wanted,
  me: string,
  blocked: ReadonlySet<string>,
): readonly Reaction[] {
  const known = new Set(reactions.map(({ emoji }) => emoji))
  const fresh = [...wanted.keys()]
    .filter((emoji) => !known.has(emoji))
    .map((emoji) => ({ emoji, count: 0, accounts: [] }))
  return [...reactions, ...fresh]
    .map((one) => withWish(without(one, blocked), wanted.get(one.emoji), me))
    .filter(({ count }) => count > 0)
}

function without(reaction: Reaction, blocked: ReadonlySet<string>): Reaction {
  const accounts = reaction.accounts.filter((account) => !blocked.has(account))
  const hidden = reaction.accounts.length - accounts.length
  return hidden === 0 ? reaction : { ...reaction, accounts, count: reaction.count - hidden }
}

function withWish(reaction: Reaction, wish: boolean | undefined, me: string): Reaction {
  const { count, accounts } = reaction
  if (wish === undefined || wish === accounts.includes(me)) return reaction
  return wish
    ? { ...reaction, count: count + 1, accounts: [...accounts, me] }
    : { ...reaction, count: count - 1, accounts: accounts.filter((account) => account !== me) }
}
