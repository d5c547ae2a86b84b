/** Messages of one's own that the room has not got yet. They look like the messages that they become. */

import { useComputed } from '@preact/signals'
import type { OutboxEntry } from '../data/outbox'
import { said } from '../i18n/said'
import { MessageText } from '../message/MessageText'
import { follows } from '../room/rows'
import { useChat } from '../shell/chat_context'
import { lazy } from '../shell/Lazy'
import { dayStart } from '../text/dates'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { tried } from '../ui/toasts'
import type { Message, OwnRoom } from '../wire/contract'
import { StateMark } from './StateMark'
import { t } from './state_words'
import './pending.css'

const AttachmentTray = lazy(
  () => import('./AttachmentTray'),
  'AttachmentTray',
  () => null,
)

interface PendingRowsProps {
  room: OwnRoom
  /** The messages of a thread's panel, to show only what belongs to it. */
  thread?: readonly Message[]
}

export function PendingRows({ room, thread }: PendingRowsProps) {
  const chat = useChat()
  const all = useComputed(() => chat.outbox.of(room.id).value).value
  const entries =
    thread === undefined ? all : all.filter(({ reply_to }) => thread.some(({ seq }) => seq === reply_to))
  const shown = thread ?? chat.timeline(room.id).messages.value
  let before = shown.at(-1) ?? null
  return (
    <>
      {entries.map((entry) => {
        const message = becoming(entry, chat.me)
        // As the timeline will show it, so that nothing moves then.
        const grouped = thread === undefined && isGrouped(before, message)
        before = message
        return (
          <PendingRow key={entry.nonce} entry={entry} thread={thread} space={room.space} grouped={grouped} />
        )
      })}
    </>
  )
}

/** The message that it will be. */
function becoming({ text, nonce, reply_to, expires_in, at }: OutboxEntry, by: string): Message {
  const nothing = { attachments: [], files: [], mentions: [], reactions: [], edited_at: null, thread: null }
  const expires_at = expires_in === null ? null : at + expires_in * 1000
  return {
    seq: 0,
    position: 0,
    at,
    by,
    text,
    nonce,
    reply_to,
    expires_at,
    deleted: false,
    pinned: false,
    ...nothing,
  }
}

function isGrouped(before: Message | null, message: Message): boolean {
  return before !== null && follows(before, message) && dayStart(before.at) === dayStart(message.at)
}

interface PendingRowProps {
  entry: OutboxEntry
  thread: readonly Message[] | undefined
  space: string | null
  /** It will stand without a head, as the message that it becomes. */
  grouped: boolean
}

function PendingRow({ entry, thread, space, grouped }: PendingRowProps) {
  const chat = useChat()
  const me = chat.people.profile(chat.me).value
  const { state, nonce, files = 0, attachments } = entry
  const uploads = chat.uploads.in(nonce).value
  const uploading = state === 'waiting' && attachments.length < files
  const lost = uploading && chat.uploads.complete.value && uploads.length < files
  const stuck = state === 'failed' || lost || (uploading && uploads.some(({ problem }) => problem !== null))
  const editAgain = async () => {
    const [again, { draftsOf }] = await Promise.all([import('./edit_again'), import('./drafts')])
    await again.editAgain(chat, draftsOf(chat), entry, thread ?? null)
  }
  const mark = <StateMark state={stuck ? 'failed' : uploading ? 'uploading' : state} />
  return (
    <article
      class={`message pending pending-${state}${grouped ? ' message-grouped' : ''}`}
      data-nonce={nonce}
    >
      <div class="message-side pending-side">{grouped ? mark : <Avatar profile={me} id={chat.me} />}</div>
      <div class="message-body">
        {!grouped && (
          <header class="message-head">
            <strong class="message-author">
              <bdi>{me?.display_name || me?.name}</bdi>
            </strong>
            {mark}
          </header>
        )}
        {entry.text !== '' && <MessageText text={entry.text} space={space} />}
        <AttachmentTray place={nonce} fixed />
        {(stuck || uploading || entry.error !== null) && (
          <div class={stuck ? 'pending-problem' : 'pending-problem pending-passing'}>
            <span role="alert">{sentence(entry, lost)}</span>
            {state === 'failed' && <Button onClick={() => chat.outbox.retry(nonce)}>{t('retry')}</Button>}
            {(stuck || uploading) && (
              <>
                <Button onClick={() => tried(editAgain)}>{t('edit_again')}</Button>
                <Button kind="quiet" onClick={() => chat.outbox.discard(nonce)}>
                  {t('discard')}
                </Button>
              </>
            )}
          </div>
        )}
      </div>
    </article>
  )
}

function sentence({ state, error }: OutboxEntry, lost: boolean): string {
  if (lost) return t('files_gone')
  if (error === null) return ''
  return t(state === 'failed' ? 'failed' : 'sends_itself', { reason: said(error) })
}
