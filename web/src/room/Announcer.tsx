/** Says new messages to screen readers, politely: those of others, as they come, while somebody looks. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import type { Events, OwnRoom } from '../wire/contract'
import { announced } from './announced'
import { looking } from './sight'

export function Announcer({ room }: { room: OwnRoom }) {
  const chat = useChat()
  const said = useSignal('')
  useEffect(
    () =>
      chat.listen((frame) => {
        if (!('event' in frame) || frame.event !== 'message.posted' || frame.stream !== `room/${room.id}`)
          return
        if (frame.by === chat.me || !looking.peek() || chat.store.blocked.peek().has(frame.by)) return
        const { by, data } = frame
        // Who writes for the first time is not known yet.
        void chat.people.known(by).then(() => {
          const { display_name } = chat.people.profile(by).peek() ?? {}
          said.value = announced(display_name, data as Events['message.posted'])
        })
      }),
    [room.id],
  )
  return (
    <div class="unseen" role="status">
      {said.value}
    </div>
  )
}
