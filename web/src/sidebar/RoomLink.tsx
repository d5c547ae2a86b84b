import { useComputed, useSignal } from '@preact/signals'
import { Component } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { serverNow } from '../data/clock'
import { PresenceDot } from '../people/PresenceDot'
import { watchPresence } from '../people/watch'
import { useChat } from '../shell/chat_context'
import { roomLink, route } from '../shell/route'
import { Icon, type IconName } from '../ui/Icon'
import { IconButton } from '../ui/IconButton'
import type { OwnRoom } from '../wire/contract'
import { RoomMenu } from './dialogs'
import { roomName } from './room_name'
import { t } from './words'

interface RoomLinkProps {
  id: string
  /** Moves a room before another one; the same function each time. Undefined: the list orders itself. */
  onMove: ((room: string, before: string) => void) | undefined
}

const DRAGGED = 'application/x-chatd-room'

/** Drawn anew when its own room has changed, and not whenever any of perhaps thousands has. */
export class RoomLink extends Component<RoomLinkProps> {
  override shouldComponentUpdate(next: RoomLinkProps): boolean {
    return next.id !== this.props.id || next.onMove !== this.props.onMove
  }

  override render(props: RoomLinkProps) {
    return <Link {...props} />
  }
}

function Link({ id, onMove }: RoomLinkProps) {
  const chat = useChat()
  const anchor = useSignal<HTMLElement | null>(null)
  const here = useComputed(() => route.value.at === 'room' && route.value.room === id).value
  const link = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    if (here) link.current?.scrollIntoView({ block: 'nearest' })
  }, [here])
  const muted = isMuted(chat.store.subscriptions.row(id).value)
  const room = chat.store.rooms.row(id).value
  if (room === undefined) return null
  const name = roomName(chat, room)
  const classes = ['sidebar-room', room.unread > 0 && !muted && 'sidebar-unread', muted && 'sidebar-muted']
  return (
    <li
      class="sidebar-item"
      onDragOver={(event) => {
        if (onMove !== undefined && event.dataTransfer?.types.includes(DRAGGED)) event.preventDefault()
      }}
      onDrop={(event) => {
        const dropped = event.dataTransfer?.getData(DRAGGED)
        if (dropped && dropped !== room.id) onMove?.(dropped, room.id)
      }}
    >
      <a
        ref={link}
        class={classes.filter(Boolean).join(' ')}
        href={roomLink(room.id)}
        data-room={room.id}
        aria-current={here ? 'page' : undefined}
        draggable={onMove !== undefined}
        onDragStart={(event) => event.dataTransfer?.setData(DRAGGED, room.id)}
        onContextMenu={(event) => {
          event.preventDefault()
          anchor.value = event.currentTarget
        }}
      >
        <RoomSign room={room} />
        <bdi class="sidebar-name">{name}</bdi>
        {room.request && <span class="sidebar-tag">{t('request')}</span>}
        {room.unread > 0 && <span class="unseen">{t('unread', { count: room.unread })}</span>}
        {room.mentions > 0 && (
          <span class="sidebar-count" aria-hidden="true">
            {room.mentions > 99 ? '99+' : room.mentions}
          </span>
        )}
        {room.mentions > 0 && <span class="unseen">{t('mentions', { count: room.mentions })}</span>}
      </a>
      <IconButton
        class="sidebar-more"
        icon="more"
        label={t('room_menu', { name })}
        aria-haspopup="menu"
        aria-expanded={anchor.value !== null}
        onClick={(event) => {
          anchor.value = anchor.value === null ? event.currentTarget : null
        }}
      />
      {anchor.value !== null && (
        <RoomMenu
          room={room}
          anchor={anchor.value}
          onClose={() => {
            anchor.value = null
          }}
        />
      )}
    </li>
  )
}

/** What kind of room it is; for a direct room of two, whether the other is there. */
function RoomSign({ room }: { room: OwnRoom }) {
  const chat = useChat()
  const others = (room.accounts ?? []).filter((account) => account !== chat.me)
  const other = room.kind === 'direct' && others.length === 1 ? others[0] : undefined
  useEffect(() => (other === undefined ? undefined : watchPresence(chat, [other])), [other])
  if (other !== undefined)
    return (
      <span class="sidebar-sign">
        <PresenceDot account={other} />
      </span>
    )
  return (
    <span class="sidebar-sign">
      <Icon name={signOf(room)} size={16} />
    </span>
  )
}

function signOf(room: OwnRoom): IconName {
  if (room.kind === 'direct') return (room.accounts?.length ?? 1) < 2 ? 'edit' : 'people'
  if (room.kind === 'announcement') return 'megaphone'
  return room.private ? 'lock' : 'hash'
}

export function isMuted(
  subscription: { level: string | null; muted_until: number | null } | undefined,
): boolean {
  return (
    subscription !== undefined &&
    (subscription.level === 'none' || (subscription.muted_until ?? 0) > serverNow())
  )
}
