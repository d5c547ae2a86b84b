import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Chat } from '../data/chat'

export const ChatContext = createContext<Chat | null>(null)

/** The chat of the account that is shown. */
export function useChat(): Chat {
  return useContext(ChatContext) as Chat
}
