/** What is unread for an account of this browser that is not shown: asked once, when somebody looks. */

import { accounts } from '../shell/session'
import type { Requests } from '../wire/contract'

export interface News {
  readonly unread: number
  readonly mentions: number
}

type UnreadList = Requests['unread.list']['result']

const DEADLINE_MS = 5_000

export async function newsOf(account: string): Promise<News> {
  const answer = await fetch('/api/v1/unread', {
    headers: { Authorization: `Bearer ${await accounts.token(account)}` },
    signal: AbortSignal.timeout(DEADLINE_MS),
  })
  if (!answer.ok) throw new Error(answer.statusText)
  return summed((await answer.json()) as UnreadList)
}

function summed({ rooms }: UnreadList): News {
  return rooms.reduce(
    (sum, { unread, mentions }) => ({ unread: sum.unread + unread, mentions: sum.mentions + mentions }),
    { unread: 0, mentions: 0 },
  )
}
