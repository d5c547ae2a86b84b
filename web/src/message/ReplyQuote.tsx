/** Above a reply: what it answers, in one line that leads there. */

import { useComputed, useSignal } from '@preact/signals'
import { useContext, useEffect } from 'preact/hooks'
import { changed } from '../data/messages'
import { jumpTo } from '../room/jump'
import { useChat } from '../shell/chat_context'
import { roomLink } from '../shell/route'
import { plainText } from '../text/plain'
import { Icon } from '../ui/Icon'
import type { Message, OwnRoom } from '../wire/contract'
import type { SlotProps } from './slots'
import { ThreadRoot } from './thread_root'
import { t } from './words'

export function ReplyQuote({ room, message, place }: SlotProps) {
  const root = useContext(ThreadRoot)
  const seq = message.reply_to
  // In a thread's panel all replies are to its root, unless they say otherwise.
  if (seq === null || seq === root) return null
  return place === 'room' ? <Near room={room} seq={seq} /> : <Far room={room} seq={seq} />
}

/** Of the messages that are loaded around it, as it reads now. */
function Near({ room, seq }: { room: OwnRoom; seq: number }) {
  const timeline = useChat().timeline(room.id)
  const near = useComputed(() => {
    timeline.messages.value // whatever changes in it
    return timeline.find(seq) ?? null
  })
  return near.value === null ? (
    <Far room={room} seq={seq} />
  ) : (
    <Quote room={room} seq={seq} quoted={near.value} />
  )
}

/** Asked for, and changed by what happens to it meanwhile. */
function Far({ room, seq }: { room: OwnRoom; seq: number }) {
  const chat = useChat()
  const quoted = useSignal<Message | null>(null)
  useEffect(() => {
    let wanted = true
    chat.ask('message.get', { room: room.id, seq }).then(
      ({ message }) => {
        if (wanted) quoted.value = message
      },
      () => undefined, // the line stays without its text
    )
    const stop = chat.listen((frame) => {
      if (!('event' in frame) || frame.stream !== `room/${room.id}` || quoted.peek() === null) return
      quoted.value = changed(quoted.peek() as Message, frame) ?? quoted.peek()
    })
    return () => {
      wanted = false
      stop()
    }
  }, [room.id, seq])
  return <Quote room={room} seq={seq} quoted={quoted.value} />
}

function Quote({ room, seq, quoted }: { room: OwnRoom; seq: number; quoted: Message | null }) {
  const chat = useChat()
  const author = quoted === null ? undefined : chat.people.profile(quoted.by).value
  const hidden = quoted !== null && chat.store.blocked.value.has(quoted.by)
  const text = quoted === null || hidden ? '' : plainText(quoted.text ?? '')
  return (
    <a
      class="reply-quote"
      href={roomLink(room.id, seq)}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        jumpTo(room.id, seq)
      }}
    >
      <Icon name="reply" size={14} />
      {quoted === null || hidden ? (
        t('a_message')
      ) : (
        <>
          <bdi class="reply-author">{author?.display_name ?? '…'}</bdi>
          <span class="reply-text" dir="auto">
            {quoted.deleted ? t('deleted') : text || t('no_text')}
          </span>
        </>
      )}
    </a>
  )
}
