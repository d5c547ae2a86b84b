/** One room: its head, its messages, and the field to write in or what stands in its place. */

import { TypingLine } from '../composer/TypingLine'
import { useChat } from '../shell/chat_context'
import { lazy } from '../shell/Lazy'
import { roomName } from '../sidebar/room_name'
import type { OwnRoom } from '../wire/contract'
import { Notices } from './Notices'
import { RoomHead } from './RoomHead'
import { TimelineView } from './TimelineView'
import './room.css'

export const loadComposer = () => import('../composer/Composer')
const Composer = lazy(loadComposer, 'Composer', () => <div class="room-field" />)
const DirectRequest = lazy(
  () => import('./DirectRequest'),
  'DirectRequest',
  () => <div class="room-field" />,
)
const RoomPreview = lazy(() => import('./RoomPreview'), 'RoomPreview')

export function RoomView({ room: id, seq }: { room: string; seq: number | null }) {
  const chat = useChat()
  const room = chat.store.rooms.row(id).value
  const timeline = chat.timeline(id)
  if (room === undefined) return chat.live.value ? <RoomPreview room={id} seq={seq} /> : null
  return (
    <section class="room" aria-label={roomName(chat, room)}>
      <RoomHead room={room} />
      <TimelineView room={room} timeline={timeline} seq={seq} />
      <div class="room-foot">
        <Foot room={room} />
        <TypingLine room={room.id} />
      </div>
    </section>
  )
}

function Foot({ room }: { room: OwnRoom }) {
  if (room.request) return <DirectRequest room={room} />
  return (
    <>
      <Notices room={room} />
      {!room.archived && <Composer room={room} thread={null} />}
    </>
  )
}
