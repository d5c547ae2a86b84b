/** Whom one's own message has reached, and whether there is anything to say about it. Pure. */

import type { Message, OwnRoom } from '../wire/contract'

/** What was imported has no nonce: it was sent elsewhere, and has reached people there. */
export function wasSent({ by, nonce }: Pick<Message, 'by' | 'nonce'>, me: string): boolean {
  return by === me && nonce !== null
}

type Said = 'sent' | 'delivered' | 'read' | 'delivered_one' | 'read_one'

/** Where there is but one other, nobody asks how many. */
export function reached(
  { delivered, read }: { readonly delivered: number; readonly read: number },
  { accounts }: Pick<OwnRoom, 'accounts'>,
): { said: Said; count: number } {
  if (delivered === 0 && read === 0) return { said: 'sent', count: 0 }
  const said = read > 0 ? 'read' : 'delivered'
  return { said: accounts?.length === 2 ? `${said}_one` : said, count: read || delivered }
}
