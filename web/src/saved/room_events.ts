import { useEffect } from 'preact/hooks'
import { useChat } from '../shell/chat_context'

/** Calls `changed` after each of these events of the room. */
export function useRoomEvents(room: string, events: readonly string[], changed: () => void): void {
  const chat = useChat()
  useEffect(
    () =>
      chat.listen((frame) => {
        if ('event' in frame && frame.stream === `room/${room}` && events.includes(frame.event)) changed()
      }),
    [room],
  )
}
