/** Whom `@name` means: one of the message's mentions, by its name. */

import type { Profile } from '../wire/contract'

export type Mentioned =
  | { readonly kind: 'account'; readonly id: string; readonly rest: string }
  | { readonly kind: 'group'; readonly name: 'here' | 'room'; readonly rest: string }

/**
 * `text` is the mention as it stands, with the sign; `rest` is what of it belongs to the sentence. The longest name
 * that fits counts. Null: it means nobody, and is text.
 */
export function mentioned(
  text: string,
  mentions: readonly string[],
  profile: (account: string) => Profile | undefined,
): Mentioned | null {
  const name = text.slice(1)
  const names = new Map<string, string>()
  for (const id of mentions) {
    const known = id === 'here' || id === 'room' ? id : profile(id)?.name
    if (known !== undefined) names.set(folded(known), id)
  }
  if (names.size === 0) return null
  for (let end = name.length; end > 0; end--) {
    const id = names.get(folded(name.slice(0, end)))
    if (id === undefined) continue
    const rest = name.slice(end)
    // `@annabel` is not Ann, but `@annさん` and `@ann.` are.
    if (/^[a-z0-9_\p{M}]/iu.test(rest)) continue
    return id === 'here' || id === 'room' ? { kind: 'group', name: id, rest } : { kind: 'account', id, rest }
  }
  return null
}

const CALLED = /[@＠﹫][\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]*/gu

/**
 * The same for an earlier name, which the server knows and no profile has. If one person is mentioned whose name does
 * not stand in the message, and one name stands there that is nobody's, they belong together.
 */
export function mentionedBefore(
  text: string,
  message: string,
  mentions: readonly string[],
  profile: (account: string) => Profile | undefined,
): Mentioned | null {
  if (mentions.includes('here')) return null // the server names whom that meant, too
  const left = new Set(mentions.filter((id) => id !== 'room'))
  const strange = new Set<string>()
  for (const [called] of message.matchAll(CALLED)) {
    const found = mentioned(called, mentions, profile)
    if (found?.kind === 'account') left.delete(found.id)
    else if (found === null) strange.add(folded(nameIn(called)))
  }
  const [id] = left
  const name = nameIn(text)
  if (id === undefined || left.size > 1 || strange.size > 1 || !strange.has(folded(name))) return null
  return { kind: 'account', id, rest: text.slice(name.length + 1) }
}

/** The name that is called, without what ends the sentence. */
function nameIn(called: string): string {
  return called.slice(1).replace(/[.-]+$/, '')
}

function folded(name: string): string {
  return name.normalize('NFKC').toLocaleLowerCase('und')
}
