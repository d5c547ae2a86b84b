/** Under one's newest message: whom it has reached. In small rooms it is told; in larger ones it is asked for. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { RowPlace } from '../message/slots'
import { useChat } from '../shell/chat_context'
import type { Message, OwnRoom } from '../wire/contract'
import { reached, wasSent } from './reached'
import { t } from './state_words'

const ASK_AFTER_MS = 400

export function OwnState({ room, message, place }: { room: OwnRoom; message: Message; place: RowPlace }) {
  const chat = useChat()
  const timeline = chat.timeline(room.id)
  const counts = useSignal<{ delivered: number; read: number } | null>(null)
  const newest = timeline.messages.value.findLast((one) => one.by === chat.me && !one.deleted)
  const shown = place === 'room' && wasSent(message, chat.me) && newest?.seq === message.seq
  useEffect(() => {
    if (!shown) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = () => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        chat.ask('receipt.list', { room: room.id, seq: message.seq }).then(
          ({ delivered_count, read_count }) => {
            counts.value = { delivered: delivered_count, read: read_count }
          },
          () => undefined, // it is asked again with the next receipt
        )
      }, ASK_AFTER_MS)
    }
    ask()
    const here = `room/${room.id}`
    const stop = chat.listen((frame) => {
      if ('signal' in frame && frame.signal === 'receipt' && frame.stream === here) ask()
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [shown, message.seq])
  if (!shown) return null
  const { said, count } = reached(counts.value ?? { delivered: 0, read: 0 }, room)
  return <span class="own-state">{t(said, { count })}</span>
}
