/** The whole of a room's name and topic, with its links: the head has room for the beginnings only. */

import { MessageText } from '../message/MessageText'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { roomName } from '../sidebar/room_name'
import { Dialog } from '../ui/Dialog'
import type { OwnRoom } from '../wire/contract'

export function Topic({ room }: { room: OwnRoom }) {
  return (
    <Dialog title={roomName(useChat(), room)} onClose={closeDialog}>
      <MessageText text={room.topic ?? ''} space={room.space} />
    </Dialog>
  )
}
