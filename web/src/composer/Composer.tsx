/** Where a message is written, for a room or for a thread in it, or why one cannot. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { askAgain, rightsIn } from '../data/room_rights'
import { useChat } from '../shell/chat_context'
import type { OwnRoom } from '../wire/contract'
import { MessageField } from './MessageField'
import { shutBecause, whyNot } from './rights'
import { ScheduledLine } from './ScheduledLine'
import './composer.css'

interface ComposerProps {
  room: OwnRoom
  /** The `seq` of the message that began the thread; null for the room itself. */
  thread: number | null
}

export function Composer({ room, thread }: ComposerProps) {
  const rights = rightsIn(useChat(), room.id).value
  const reason = whyNot(room, rights)
  return (
    <div class="composer-place">
      {thread === null && <ScheduledLine room={room.id} />}
      {reason === null ? (
        <MessageField
          key={`${room.id}/${thread}`}
          room={room}
          thread={thread}
          loud={rights?.['mention.loud'] ?? false}
        />
      ) : (
        reason !== '' && <Shut room={room.id} reason={reason} />
      )}
    </div>
  )
}

const LOOK_MS = 30_000

/** No event tells that a mute has run out, so the server is asked now and then. */
function Shut({ room, reason }: { room: string; reason: string }) {
  const chat = useChat()
  const told = useSignal<string | null>(null)
  useEffect(() => {
    // What it is refused with says, behind a colon, why and until when.
    chat.ask('typing.set', { room }).catch((error: Error) => {
      told.value = shutBecause(error.message)
    })
    const timer = setInterval(() => askAgain(chat, room), LOOK_MS)
    return () => clearInterval(timer)
  }, [room])
  return <p class="composer-notice">{told.value ?? reason}</p>
}
