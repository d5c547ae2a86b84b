/** The signal that somebody is typing in a room, sent every few seconds at most. */

import { useRef } from 'preact/hooks'
import { useChat } from '../shell/chat_context'

const EVERY_MS = 3_000

export function useTypingSignal(room: string) {
  const chat = useChat()
  const sentAt = useRef(Number.NEGATIVE_INFINITY)
  return {
    send() {
      const now = performance.now()
      if (now - sentAt.current < EVERY_MS) return
      sentAt.current = now
      chat.ask('typing.set', { room }).catch(() => undefined) // a signal may be lost
    },
    /** The message was sent: the next one is told at once. */
    rest() {
      sentAt.current = Number.NEGATIVE_INFINITY
    },
  }
}
