/**
 * Where somebody reads in a room's timeline: put there when the room opens, kept there while it changes and when there
 * is a connection again, and more is loaded as they come near an end.
 */

import { useSignal, useSignalEffect } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Timeline } from '../data/timeline'
import { readUpTo } from '../data/unread'
import { useChat } from '../shell/chat_context'
import { toast } from '../ui/toasts'
import type { OwnRoom } from '../wire/contract'
import { asked } from './jump'
import { around, isLoaded, type Place, placeFor } from './opening'
import { Reading } from './reading'
import { Scroller } from './scroller'
import { looking } from './sight'
import { useLoadError } from './useLoadError'
import { t } from './words'

/** Loads more when the reader is nearer to an end than this many heights of the box. */
const NEAR = 2

/** `seq`: a permalink's message. `preview`: somebody reads who is not in the room, and nothing is marked read. */
export function useReader(room: OwnRoom, timeline: Timeline, seq: number | null, preview: boolean) {
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

  const retry = () => {
    if (timeline.loading.peek() !== null) return
    const failed = timeline.error.peek() !== null
    timeline.error.value = null
    if (failed && (timeline.stale.peek() || goal.current !== null))
      void timeline.open(around(goal.current ?? { at: 'end' }))
    else moved()
  }

  const error = useLoadError(timeline, status === 'open', retry)

  return {
    /** What scrolls, and the rows in it. */
    box,
    list,
    /** The line above what is unread stands behind this seq. */
    marker,
    /** The message of a permalink. */
    marked,
    /** Whether the newest message is out of sight. */
    away,
    toNewest,
    retry,
    /** Why nothing was loaded, unless that passes by itself. */
    error,
  }
}
