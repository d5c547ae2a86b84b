/** A room's name and topic, and the ways to its members, pins, files, search and menu. */

import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import { openDialog } from '../shell/dialog'
import { lazy } from '../shell/Lazy'
import { closePanel, openPanel, type Panel, panel } from '../shell/panel'
import { RoomMenu } from '../sidebar/dialogs'
import { roomName } from '../sidebar/room_name'
import { Icon, type IconName } from '../ui/Icon'
import { IconButton } from '../ui/IconButton'
import type { MenuItem } from '../ui/Menu'
import type { OwnRoom } from '../wire/contract'
import { t } from './words'

const JumpToDate = lazy(() => import('./JumpToDate'), 'JumpToDate')
const Topic = lazy(() => import('./Topic'), 'Topic')
const InvitePeople = lazy(() => import('./InvitePeople'), 'InvitePeople')

export function RoomHead({ room, preview = false }: { room: OwnRoom; preview?: boolean }) {
  const chat = useChat()
  const anchor = useRef<HTMLSpanElement>(null)
  const menu = useSignal(false)
  const toggle = (wanted: Panel) => {
    const { value } = panel
    if (value?.kind === wanted.kind) closePanel()
    else openPanel(wanted)
  }
  const date = () => openDialog(<JumpToDate room={room} />)
  const narrow = menu.value && matchMedia('(max-width: 700px)').matches
  const panels: MenuItem[] = [
    { label: t('pins'), icon: 'pin', onPick: () => toggle({ kind: 'pins', room: room.id }) },
    { label: t('files'), icon: 'file', onPick: () => toggle({ kind: 'files', room: room.id }) },
  ]
  const more: MenuItem[] = [
    ...(narrow ? panels : []), // there is no room for their buttons
    { label: t('jump_date'), icon: 'time', onPick: date },
    ...(room.kind === 'direct' || room.archived
      ? []
      : [
          {
            label: t('invite'),
            icon: 'add',
            onPick: () => openDialog(<InvitePeople room={room} />),
          } satisfies MenuItem,
        ]),
  ]
  const button = (kind: 'members' | 'pins' | 'files' | 'search', icon: IconName, wanted: Panel) => (
    <IconButton
      icon={icon}
      label={t(kind)}
      class={`room-to-${kind}`}
      aria-pressed={panel.value?.kind === kind}
      onClick={() => toggle(wanted)}
    />
  )
  return (
    <header class="room-head">
      <a class="icon-button room-back" href="#/" aria-label={t('back')}>
        <Icon name="back" />
      </a>
      <div class="room-title">
        <h1>
          <Kind room={room} />
          <bdi>{roomName(chat, room)}</bdi>
        </h1>
        {room.topic && (
          <button
            type="button"
            class="room-topic"
            aria-haspopup="dialog"
            title={room.topic}
            onClick={() => openDialog(<Topic room={room} />)}
          >
            <bdi>{room.topic}</bdi>
          </button>
        )}
      </div>
      <div class="room-ways">
        {!preview && button('members', 'people', { kind: 'members', room: room.id })}
        {button('pins', 'pin', { kind: 'pins', room: room.id })}
        {button('files', 'file', { kind: 'files', room: room.id })}
        {button('search', 'search', { kind: 'search', text: '', room: room.id })}
        {preview ? (
          <IconButton icon="time" label={t('jump_date')} onClick={date} />
        ) : (
          <span ref={anchor}>
            <IconButton
              icon="more"
              label={t('room_menu')}
              aria-haspopup="menu"
              aria-expanded={menu.value}
              onClick={() => {
                menu.value = !menu.value
              }}
            />
          </span>
        )}
      </div>
      {menu.value && (
        <RoomMenu
          room={room}
          more={more}
          anchor={anchor.current?.firstElementChild as HTMLElement}
          onClose={() => {
            menu.value = false
          }}
        />
      )}
    </header>
  )
}

function Kind({ room }: { room: OwnRoom }) {
  if (room.kind === 'direct') return null
  const [icon, label] = room.private
    ? (['lock', t('private')] as const)
    : room.kind === 'announcement'
      ? (['megaphone', t('announcement')] as const)
      : (['hash', null] as const)
  return (
    <span class="room-kind" title={label ?? undefined}>
      <Icon name={icon} size={17} />
      {label !== null && <span class="unseen">{label}</span>}
    </span>
  )
}
