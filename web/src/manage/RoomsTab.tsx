import { holds } from '../data/rights'
import { useChat } from '../shell/chat_context'
import { openDialog } from '../shell/dialog'
import { roomLink } from '../shell/route'
import { NewRoom } from '../sidebar/dialogs'
import { Button } from '../ui/Button'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { RoomSettings } from './RoomSettings'
import type { TabProps } from './SpaceScreen'
import { t } from './words'

export function RoomsTab({ space }: TabProps) {
  const chat = useChat()
  const pages = usePages(
    async (after) => {
      const { rooms, next } = await chat.ask('room.list', { space: space.id, after })
      return { items: rooms, next }
    },
    [space.id],
    {
      concerns: (name, { data }) =>
        name.startsWith('room.') || (name.startsWith('member.') && data.account === chat.me),
    },
  )
  return (
    <>
      {holds(space.role, 'room.create') && (
        <div>
          <Button kind="primary" onClick={() => openDialog(<NewRoom space={space} />)}>
            {t('new_room')}
          </Button>
        </div>
      )}
      <ul class="rows">
        {pages.items.value.map((room) => (
          <li key={room.id} class="row">
            <div class="row-about">
              <a href={roomLink(room.id)}>
                <bdi>{room.name}</bdi>
              </a>
              <p class="row-note">
                {[
                  t(`kind_${room.kind === 'announcement' ? 'announcement' : 'text'}`),
                  room.private ? t('private') : t('public'),
                  room.archived && t('archived'),
                  room.locked && t('locked'),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </p>
              {room.topic && <p class="row-note">{room.topic}</p>}
            </div>
            <Button onClick={() => openDialog(<RoomSettings room={room.id} onDone={pages.reload} />)}>
              {t('room_settings')}
            </Button>
          </li>
        ))}
      </ul>
      <PageEnd pages={pages} empty={t('no_rooms')} />
    </>
  )
}
