import type { ComponentChildren } from 'preact'
import { MessageRow } from '../message/MessageRow'
import { useChat } from '../shell/chat_context'
import { roomLink } from '../shell/route'
import { roomName } from '../sidebar/room_name'
import type { Message } from '../wire/contract'
import { t } from './words'

interface SavedMessageProps {
  room: string
  message: Message
  /** Whether the room's name stands above it: in lists over many rooms. */
  named?: boolean
  children?: ComponentChildren
}

/** A message in a list, with the way to where it stands. */
export function SavedMessage({ room: id, message, named = false, children }: SavedMessageProps) {
  const chat = useChat()
  const room = chat.store.rooms.row(id).value
  if (room === undefined) return null
  return (
    <div class="saved-message">
      <p class="saved-head">
        {named && <bdi>{roomName(chat, room)}</bdi>}
        <a href={roomLink(id, message.seq)}>{t('go_there')}</a>
        {children}
      </p>
      <MessageRow room={room} message={message} place="list" />
    </div>
  )
}
