/** Makes an address at which a program posts: a bot of one's own that may do nothing but write in one room. */

import type { Chat } from '../data/chat'
import { Refused } from '../data/refusal'
import type { OwnRoom } from '../wire/contract'

/** So long has the bot to come in, in seconds. */
const INVITED = 600

export interface Webhook {
  readonly address: string
  /** When the token in the address ends, in Unix milliseconds. */
  readonly expiresAt: number
}

/** `origin`: of the server. What fails half-way leaves no bot behind. */
export async function makeWebhook(
  chat: Pick<Chat, 'ask'>,
  origin: string,
  room: Pick<OwnRoom, 'id' | 'space'>,
  name: string,
): Promise<Webhook> {
  const { account, token, expires_at } = await chat.ask('bot.create', { name, scopes: ['post', 'join'] })
  try {
    const { invite } = await chat.ask('invite.create', {
      space: room.space as string,
      role: 'guest', // it sees the rooms that it is put into, and no others
      max_uses: 1,
      expires_in: INVITED,
    })
    await comeIn(origin, token, invite.code)
    await chat.ask('room.invite', { room: room.id, account: account.id })
    await chat.ask('bot.update', { account: account.id, scopes: ['post'] })
  } catch (error) {
    await chat.ask('bot.delete', { account: account.id }).catch(() => undefined)
    throw error
  }
  return { address: `${origin}/hooks/${room.id}/${token}`, expiresAt: expires_at }
}

/** Only the bot itself can accept the invite. */
async function comeIn(origin: string, token: string, code: string): Promise<void> {
  const answer = await fetch(`${origin}/api/v1/invites/accept`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ code }),
  })
  if (answer.ok) return
  const problem = (await answer.json()) as { code: string; detail: string }
  throw new Refused(problem.code, problem.detail)
}
