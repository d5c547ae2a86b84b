/** Chats of people, over a connection of their own. */

import { Chat } from '../src/data/chat'
import { SocketLink } from '../src/data/link'
import type { Person } from './server'
import { until } from './until'

/** A chat that keeps its outbox only as long as it lives. */
export function chatOf(person: Person, url: string): Chat {
  const shelf = {
    put: () => undefined,
    remove: () => undefined,
    all: async () => [],
    watch: () => () => undefined,
  }
  return new Chat(
    (options) => new SocketLink({ url, token: async () => person.token, random: () => 0, ...options }),
    shelf,
  )
}

export async function openChat(person: Person, url: string): Promise<Chat> {
  const chat = chatOf(person, url)
  await until('the session is open', () => chat.status.value.state === 'open')
  return chat
}
