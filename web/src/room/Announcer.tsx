/** Says new messages to screen readers, politely: those of others, as they come, while somebody looks. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import type { Events, OwnRoom } from '../wire/contract'
import { announced } from './announced'
import { Paced } from './paced'
import { looking } from './sight'

/** Lines that are still there for a screen reader that is behind. */
const KEPT = 5

export function Announcer({ room }: { room: OwnRoom }) {
  const chat = useChat()
  const said = useSignal<readonly { readonly id: number; readonly text: string }[]>([])
  useEffect(() => {
    const paced = new Paced((text) => {
      const id = (said.peek().at(-1)?.id ?? 0) + 1
      said.value = [...said.peek().slice(1 - KEPT), { id, text }]
    })
    const stop = chat.listen((frame) => {
      if (!('event' in frame) || frame.event !== 'message.posted' || frame.stream !== `room/${room.id}`)
        return
      if (frame.by === chat.me || !looking.peek() || chat.store.blocked.peek().has(frame.by)) return
      const { by, data } = frame
      // Who writes for the first time is not known yet.
      void chat.people.known(by).then(() => {
        const { display_name } = chat.people.profile(by).peek() ?? {}
        const text = announced(display_name, data as Events['message.posted'])
        if (text !== '') paced.say(text)
      })
    })
    return () => {
      stop()
      paced.stop()
    }
  }, [room.id])
  return (
    // What is added is said, also when several come at once, or the same comes again.
    <div class="unseen" role="status" aria-atomic="false">
      {said.value.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  )
}
