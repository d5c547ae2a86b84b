/** A thread beside its room. */

import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { Composer } from '../composer/Composer'
import { PendingRows } from '../composer/PendingRows'
import { said } from '../i18n/said'
import { MessageRow } from '../message/MessageRow'
import { ThreadRoot } from '../message/thread_root'
import { focusRow } from '../room/row_keys'
import { useChat } from '../shell/chat_context'
import type { Panel } from '../shell/panel'
import { Button } from '../ui/Button'
import { tried } from '../ui/toasts'
import { t as ui } from '../ui/words'
import { isFollowed } from './following'
import { Thread } from './thread'
import { t } from './words'
import './thread.css'

/** Whoever is nearer to the end than this goes on with it. */
const NEAR_PX = 60

type ThreadOf = Extract<Panel, { kind: 'thread' }>

/** Another thread is another panel. */
export function ThreadPanel({ panel }: { panel: ThreadOf }) {
  return <ThreadView key={`${panel.room}/${panel.seq}`} panel={panel} />
}

function ThreadView({ panel: { room: id, seq } }: { panel: ThreadOf }) {
  const chat = useChat()
  const room = chat.store.rooms.row(id).value
  const thread = useMemo(() => new Thread(chat, id, seq), [chat, id, seq])
  const box = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  /** Whoever came from a reply has been shown it. */
  const arrived = useRef(false)
  useEffect(() => () => thread.close(), [thread])
  const root = thread.root.value
  const replies = thread.replies.value
  const newest = replies.at(-1)?.seq
  useLayoutEffect(() => {
    // Whoever reads further up stays there.
    const asked = root === null || seq === root.seq || arrived.current ? null : rowOf(list.current, seq)
    arrived.current ||= newest !== undefined
    if (asked !== null) {
      asked.scrollIntoView({ block: 'center' })
      atEnd.current = false
    } else if (atEnd.current || replies.at(-1)?.by === chat.me)
      box.current?.scrollTo(0, box.current.scrollHeight)
  }, [newest])
  if (room === undefined) return null
  const following = root !== null && isFollowed(chat, id, root)
  // Its event says that it is done.
  const follow = () =>
    tried(() =>
      chat.ask(following ? 'thread.unfollow' : 'thread.follow', { room: id, seq: root?.seq ?? seq }),
    )
  return (
    <div class="thread">
      <div
        class="thread-scroll"
        ref={box}
        role="log"
        aria-live="polite"
        aria-label={t('thread')}
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          atEnd.current = scrollTop + clientHeight > scrollHeight - NEAR_PX
        }}
        onKeyDown={(event) => focusRow(event, list.current as HTMLElement)}
      >
        <ThreadRoot.Provider value={root?.seq ?? null}>
          <div ref={list}>
            {root !== null && <MessageRow room={room} message={root} place="thread" />}
            {root !== null && (
              <div class="thread-rule">
                <span>{t('replies', { count: root.thread?.replies ?? replies.length })}</span>
                <Button
                  kind="quiet"
                  onClick={follow}
                  title={following ? t('unfollow_hint') : t('follow_hint')}
                >
                  {following ? t('unfollow') : t('follow')}
                </Button>
              </div>
            )}
            {thread.moreBefore.value && <Button onClick={() => thread.loadBefore()}>{t('earlier')}</Button>}
            {replies.map((message) => (
              <MessageRow
                key={message.seq}
                room={room}
                message={message}
                place="thread"
                marked={message.seq === seq}
              />
            ))}
            {root !== null && <PendingRows room={room} thread={[root, ...replies]} />}
          </div>
        </ThreadRoot.Provider>
        {thread.problem.value !== null && (
          <p class="thread-note" role="alert">
            {said(thread.problem.value)} <Button onClick={() => thread.reload()}>{ui('again')}</Button>
          </p>
        )}
        {root === null && thread.problem.value === null && (
          <p class="thread-note" aria-busy="true">
            {ui('loading')}
          </p>
        )}
      </div>
      {root !== null && !room.archived && <Composer room={room} thread={root.seq} />}
    </div>
  )
}

function rowOf(list: HTMLElement | null, seq: number): HTMLElement | null {
  return list?.querySelector<HTMLElement>(`[data-seq="${seq}"]`) ?? null
}
