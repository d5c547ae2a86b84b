/**
 * The loaded messages of a room, and below them what is still on its way. Joins, leaves and changes of the topic are
 * not shown: the panel of members and the head say what is true now.
 */

import { useSignal, useSignalEffect } from '@preact/signals'
import { Component, type VNode } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { PendingRows } from '../composer/PendingRows'
import { Refused } from '../data/refusal'
import type { Timeline } from '../data/timeline'
import { readUpTo } from '../data/unread'
import { said } from '../i18n/said'
import { MessageRow } from '../message/MessageRow'
import type { RowPlace } from '../message/slots'
import { useChat } from '../shell/chat_context'
import { lazy } from '../shell/Lazy'
import { roomName } from '../sidebar/room_name'
import { day } from '../text/dates'
import { Button } from '../ui/Button'
import { Icon } from '../ui/Icon'
import { toast } from '../ui/toasts'
import { t as ui } from '../ui/words'
import type { Message, OwnRoom } from '../wire/contract'
import { asked } from './jump'
import { around, isLoaded, type Place, placeFor } from './opening'
import { Reading } from './reading'
import { focusRow } from './row_keys'
import { type Row, rowsOf } from './rows'
import { Scroller } from './scroller'
import { looking } from './sight'
import { t } from './words'
import './timeline.css'

const Announcer = lazy(
  () => import('./Announcer'),
  (module) => module.Announcer,
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

/** Loads more when the reader is nearer to an end than this many heights of the box. */
const NEAR = 2

export function TimelineView({ room, timeline, seq, preview = false }: TimelineProps) {
  const chat = useChat()
  const box = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const scroller = useRef<Scroller | null>(null)
  /** Where the reader is to be put when it is loaded. */
  const goal = useRef<Place | null>(null)
  const marker = useSignal<number | null>(null)
  const away = useSignal(false)
  const marked = useSignal<number | null>(null)
  const reading = useRef<Reading | null>(null)
  const shown = useRef(false)
  const messages = timeline.messages.value
  const status = chat.status.value.state

  const go = (place: Place) => {
    goal.current = place
    marked.value = place.at === 'message' ? place.seq : null
    if (!isLoaded(timeline, place) && chat.status.peek().state === 'open') void timeline.open(around(place))
    arrive()
    // What was known last is shown while the rest is on its way, or there is no connection.
    const waits = goal.current !== null && timeline.messages.peek().length > 0
    if (waits && (place.at === 'end' || place.at === 'unread')) scroller.current?.toEnd()
  }

  /** Puts the reader at the goal if it is loaded. */
  const arrive = () => {
    const place = goal.current
    const view = scroller.current
    if (place === null || view === null || timeline.messages.peek().length === 0) return
    view.refresh()
    const comes = timeline.loading.peek() === 'start' || timeline.stale.peek()
    if (!isLoaded(timeline, place) && (comes || chat.status.peek().state !== 'open')) return
    goal.current = null
    if (place.at === 'end') view.toEnd()
    else if (place.at === 'message') {
      if (timeline.find(place.seq) === undefined) toast(t('message_gone'))
      const row = view.rowFrom(place.seq)
      if (row !== undefined) view.to(row, 0.4)
    } else if (place.at === 'left') {
      const row = view.rowFrom(place.seq)
      if (row !== undefined) view.put(row, place.offset)
    } else {
      const line = list.current?.querySelector<HTMLElement>('.room-unread')
      if (line) view.to(line, 0.15, (line.nextElementSibling ?? line) as HTMLElement)
      else view.toEnd()
    }
    moved()
  }

  const moved = () => {
    const view = scroller.current
    if (view === null || goal.current !== null) return
    const { before, after } = view.distances()
    timeline.atEnd = view.atEnd
    away.value = timeline.moreAfter.peek() || after > 0.5
    reading.current?.seen()
    // What failed is tried again by hand, when the server has said to, or with the next connection.
    const waits = timeline.error.peek() !== null || chat.status.peek().state !== 'open'
    if (timeline.stale.peek() || waits) return
    if (after < NEAR && timeline.moreAfter.peek()) void timeline.loadAfter()
    else if (before < NEAR && timeline.moreBefore.peek()) void timeline.loadBefore()
  }

  useLayoutEffect(() => {
    const view = new Scroller(
      box.current as HTMLElement,
      list.current as HTMLElement,
      moved,
      () => !timeline.moreAfter.peek(),
    )
    scroller.current = view
    reading.current = preview ? null : new Reading(chat, room.id, timeline, view, marker)
    return () => {
      timeline.left = goal.current === null ? view.place : null
      timeline.atEnd = true
      timeline.rest()
      reading.current?.close()
      view.close()
    }
  }, [timeline])

  useLayoutEffect(() => {
    const now = chat.store.rooms.get(room.id)
    const place = placeFor(now ?? room, seq, timeline.left)
    timeline.left = null
    if (now !== undefined && now.unread > 0 && !preview) marker.value = readUpTo(now)
    // Some other part of the history is loaded: nobody asked for that now.
    if (
      !isLoaded(timeline, place) &&
      timeline.moreAfter.peek() &&
      chat.status.peek().state === 'open' &&
      !shown.current
    )
      timeline.clear()
    shown.current = true
    go(place)
  }, [timeline, seq, asked.value])

  // After a gap the same place is loaded anew, and the goal where there was no connection to load it.
  useLayoutEffect(() => {
    if (status !== 'open' || timeline.loading.peek() !== null) return
    if (!timeline.stale.peek() && (goal.current === null || isLoaded(timeline, goal.current))) return
    const here = timeline.atEnd ? null : (scroller.current?.lastInSight()?.dataset.seq ?? null)
    void timeline.open(goal.current === null ? (here === null ? null : Number(here)) : around(goal.current))
  }, [status, timeline.stale.value])

  useLayoutEffect(() => {
    scroller.current?.changed()
    arrive()
    moved()
  })

  useSignalEffect(() => {
    // What is shown while the goal is being loaded is not what the person came for.
    if (looking.value && goal.current === null) reading.current?.seen()
  })

  // Whoever writes wants to see it.
  const pending = chat.outbox.of(room.id)
  const written = useRef(0)
  useSignalEffect(() => {
    const { length } = pending.value
    if (length > written.current) {
      marker.value = null
      toNewest()
    }
    written.current = length
  })

  const toNewest = () => {
    reading.current?.goOn()
    if (timeline.moreAfter.peek()) go({ at: 'end' })
    else scroller.current?.toEnd()
  }

  /** What passes by itself is not told: a server that is busy for a moment, a line of which the banner tells. */
  const passes = (why: Error) =>
    (why instanceof Refused && why.retryAfter !== null) || (status !== 'open' && messages.length > 0)

  const retry = () => {
    if (timeline.loading.peek() !== null) return
    const failed = timeline.error.peek() !== null
    timeline.error.value = null
    if (failed && (timeline.stale.peek() || goal.current !== null))
      void timeline.open(around(goal.current ?? { at: 'end' }))
    else moved()
  }

  const error = timeline.error.value
  useEffect(() => {
    if (status === 'open') retry()
  }, [status])
  useEffect(() => {
    if (!(error instanceof Refused) || error.retryAfter === null) return
    const timer = setTimeout(retry, error.retryAfter * 1000)
    return () => clearTimeout(timer)
  }, [error])

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
        {error !== null && !passes(error) && (
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
