/**
 * The loaded messages of a room, and below them what is still on its way. Joins, leaves and changes of the topic are
 * not shown: the panel of members and the head say what is true now.
 */

import { Component, type VNode } from 'preact'
import { PendingRows } from '../composer/PendingRows'
import type { Timeline } from '../data/timeline'
import { said } from '../i18n/said'
import { MessageRow } from '../message/MessageRow'
import type { RowPlace } from '../message/slots'
import { useChat } from '../shell/chat_context'
import { lazy } from '../shell/Lazy'
import { roomName } from '../sidebar/room_name'
import { day } from '../text/dates'
import { Button } from '../ui/Button'
import { Icon } from '../ui/Icon'
import { t as ui } from '../ui/words'
import type { Message, OwnRoom } from '../wire/contract'
import { focusRow } from './row_keys'
import { type Row, rowsOf } from './rows'
import { useReader } from './useReader'
import { t } from './words'
import './timeline.css'

const Announcer = lazy(
  () => import('./Announcer'),
  'Announcer',
  () => null,
)

interface TimelineProps {
  room: OwnRoom
  timeline: Timeline
  /** A permalink's message. */
  seq: number | null
  /** Somebody reads who is not in the room: nothing is marked read. */
  preview?: boolean
}

export function TimelineView({ room, timeline, seq, preview = false }: TimelineProps) {
  const chat = useChat()
  const { box, list, marker, marked, away, error, toNewest, retry } = useReader(room, timeline, seq, preview)
  const messages = timeline.messages.value
  const rows = rowsOf(messages, marker.value, chat.me)
  const name = roomName(chat, room)
  const unread = chat.store.rooms.row(room.id).value?.unread ?? 0
  return (
    <div class="room-reading">
      <div
        class="room-timeline"
        role="log"
        aria-live="off"
        aria-busy={timeline.loading.value !== null}
        aria-label={t('messages_of', { name })}
        ref={box}
        tabIndex={0}
        onKeyDown={(event) => focusRow(event, list.current as HTMLElement)}
      >
        <div class="room-rows" ref={list}>
          {!timeline.moreBefore.value && !timeline.stale.value && (
            <Beginning room={room} name={name} empty={messages.length === 0} />
          )}
          {(timeline.moreBefore.value || timeline.stale.value) && (
            <More loads={timeline.loading.value === 'before'} />
          )}
          {drawRows(rows, room, marked.value, preview ? 'list' : 'room')}
          {timeline.moreAfter.value ? (
            <More loads={timeline.loading.value === 'after'} />
          ) : (
            <PendingRows room={room} />
          )}
        </div>
        {messages.length === 0 && timeline.loading.value === 'start' && (
          <p class="room-first">{ui('loading')}</p>
        )}
        {error !== null && (
          <p class="room-error" role="alert">
            {t('not_loaded', { why: said(error) })} <Button onClick={retry}>{ui('again')}</Button>
          </p>
        )}
      </div>
      {away.value && messages.length > 0 && (
        <button type="button" class="room-newest" onClick={toNewest}>
          {unread > 0 && !preview ? (
            t('new_messages', { count: unread })
          ) : (
            <span class="unseen">{t('jump_newest')}</span>
          )}
          <Icon name="down" size={18} />
        </button>
      )}
      <Announcer room={room} />
    </div>
  )
}

interface KeptRowProps {
  room: OwnRoom
  message: Message
  place: RowPlace
  grouped: boolean
  marked: boolean
}

/** A row that is drawn anew only where something about it has changed, and not with each message that comes. */
class KeptRow extends Component<KeptRowProps> {
  override shouldComponentUpdate(next: KeptRowProps): boolean {
    const now = this.props
    return (
      next.message !== now.message ||
      next.grouped !== now.grouped ||
      next.marked !== now.marked ||
      next.place !== now.place ||
      !alike(next.room, now.room)
    )
  }

  render(props: KeptRowProps) {
    return <MessageRow {...props} />
  }
}

function drawRows(rows: readonly Row[], room: OwnRoom, marked: number | null, place: RowPlace): VNode[] {
  return rows.map((row) => {
    if (row.kind === 'day')
      return (
        <h2 key={`day ${row.at}`} class="room-day">
          <time dateTime={new Date(row.at).toISOString()}>{day(row.at)}</time>
        </h2>
      )
    if (row.kind === 'unread')
      return (
        <p key="unread" class="room-unread">
          {t('new_line')}
        </p>
      )
    const { message, grouped } = row
    return (
      <KeptRow
        key={message.seq}
        room={room}
        message={message}
        place={place}
        grouped={grouped}
        marked={message.seq === marked}
      />
    )
  })
}

/** Whether the room is the same for what stands at its messages. */
function alike(one: OwnRoom, other: OwnRoom): boolean {
  return (
    one.space === other.space &&
    one.role === other.role &&
    one.archived === other.archived &&
    one.locked === other.locked &&
    one.request === other.request
  )
}

/** Takes its place whether or not it says something, so that nothing moves. */
function More({ loads }: { loads: boolean }) {
  return (
    <p class="room-more" aria-hidden="true">
      {loads && ui('loading')}
    </p>
  )
}

function Beginning({ room, name, empty }: { room: OwnRoom; name: string; empty: boolean }) {
  const alone = room.kind === 'direct' && (room.accounts ?? []).length === 1
  const said = alone
    ? t('beginning_notes')
    : t(room.kind === 'direct' ? 'beginning_direct' : 'beginning', { name })
  return (
    <div class="room-beginning">
      <p>{said}</p>
      {empty && !room.archived && <p>{t('empty')}</p>}
    </div>
  )
}
