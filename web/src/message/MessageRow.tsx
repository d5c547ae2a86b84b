/** One message as it reads now: who, when, what, and around it what `slots.ts` names. */

import { useId, useState } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import { openPanel } from '../shell/panel'
import { roomLink } from '../shell/route'
import { clock, dateAndClock, narrowClock } from '../text/dates'
import { Avatar } from '../ui/Avatar'
import { Icon } from '../ui/Icon'
import type { Message, OwnRoom, Profile } from '../wire/contract'
import { Attachments } from './Attachments'
import { MessageText } from './MessageText'
import { type RowPlace, slots } from './slots'
import { t } from './words'
import './message.css'

interface MessageRowProps {
  room: OwnRoom
  message: Message
  place?: RowPlace
  /** It follows one of the same author closely: without a head. */
  grouped?: boolean
  /** The permalink leads here. */
  marked?: boolean
}

export function MessageRow({
  room,
  message,
  place = 'room',
  grouped = false,
  marked = false,
}: MessageRowProps) {
  const chat = useChat()
  const author = chat.people.profile(message.by).value
  const blocked = chat.store.blocked.value.has(message.by)
  const [shown, setShown] = useState(false)
  const textId = useId()
  if (blocked && !shown && !message.deleted)
    return (
      <article
        class="message message-blocked"
        data-seq={message.seq}
        tabIndex={-1}
        aria-label={t('blocked', { name: nameOf(author, message.by) })}
      >
        <span>{t('blocked', { name: nameOf(author, message.by) })}</span>{' '}
        <button type="button" class="message-link" onClick={() => setShown(true)}>
          {t('show')}
        </button>
      </article>
    )
  const { actions: Actions, above: Above, below: Below } = slots
  const mine = message.mentions.includes(chat.me)
  const kind = `message${grouped ? ' message-grouped' : ''}${marked ? ' message-marked' : ''}${mine ? ' message-mine' : ''}`
  return (
    <article
      class={kind}
      data-seq={message.seq}
      tabIndex={-1}
      aria-label={t('message_of', { name: nameOf(author, message.by), at: dateAndClock(message.at) })}
      // Who goes from message to message by key hears what it says.
      aria-describedby={message.text === '' ? undefined : textId}
    >
      <div class="message-side">
        {grouped ? <Moment room={room} message={message} narrow /> : <Face author={author} id={message.by} />}
      </div>
      <div class="message-body">
        {Above !== undefined && <Above room={room} message={message} place={place} />}
        {!grouped && <Head room={room} message={message} author={author} />}
        <Content room={room} message={message} place={place} textId={textId} />
        {Below !== undefined && <Below room={room} message={message} place={place} />}
      </div>
      {Actions !== undefined && <Actions room={room} message={message} place={place} />}
    </article>
  )
}

function Face({ author, id }: { author: Profile | undefined; id: string }) {
  return (
    <button
      type="button"
      class="message-face"
      tabIndex={-1}
      aria-hidden="true"
      onClick={() => openPanel({ kind: 'profile', account: id })}
    >
      <Avatar profile={author} id={id} />
    </button>
  )
}

function Head({ room, message, author }: { room: OwnRoom; message: Message; author: Profile | undefined }) {
  return (
    <header class="message-head">
      {author === undefined ? (
        <strong class="message-author">
          <bdi>{nameOf(author, message.by)}</bdi>
        </strong>
      ) : (
        <button
          type="button"
          class="message-author"
          title={`@${author.name}`}
          onClick={() => openPanel({ kind: 'profile', account: author.account })}
        >
          <bdi>{author.display_name}</bdi>
        </button>
      )}
      {author?.bot && <span class="message-tag">{t('bot')}</span>}
      <Moment room={room} message={message} />
      {message.pinned && (
        <span class="message-note" title={t('pinned')}>
          <Icon name="pin" size={13} />
          <span class="unseen">{t('pinned')}</span>
        </span>
      )}
      {message.expires_at !== null && (
        <span class="message-note" title={t('expires', { at: dateAndClock(message.expires_at) })}>
          <Icon name="time" size={13} />
          <span class="unseen">{t('expires', { at: dateAndClock(message.expires_at) })}</span>
        </span>
      )}
    </header>
  )
}

/** When it was posted; the link leads to the message. */
function Moment({ room, message, narrow }: { room: OwnRoom; message: Message; narrow?: boolean }) {
  return (
    <a
      class="message-time"
      href={roomLink(room.id, message.seq)}
      title={dateAndClock(message.at)}
      tabIndex={-1}
    >
      <time dateTime={new Date(message.at).toISOString()}>{(narrow ? narrowClock : clock)(message.at)}</time>
    </a>
  )
}

interface ContentProps {
  room: OwnRoom
  message: Message
  place: RowPlace
  textId: string
}

function Content({ room, message, place, textId }: ContentProps) {
  const { text: Text } = slots
  if (message.deleted || message.text === null)
    return (
      <p class="message-gone" id={textId}>
        {t('deleted')}
      </p>
    )
  const gone = message.attachments.length - message.files.length
  const text = message.text !== '' && (
    <div class="message-text" id={textId}>
      <MessageText
        text={message.text}
        mentions={message.mentions}
        space={room.space}
        tail={
          message.edited_at === null ? null : (
            <span class="message-edited" title={t('edited_at', { at: dateAndClock(message.edited_at) })}>
              {t('edited')}
            </span>
          )
        }
      />
    </div>
  )
  return (
    <>
      {Text === undefined ? (
        text
      ) : (
        <Text room={room} message={message} place={place}>
          {text}
        </Text>
      )}
      {message.files.length > 0 && <Attachments files={message.files} />}
      {gone > 0 && <p class="message-gone">{t('file_gone', { count: gone })}</p>}
    </>
  )
}

/** What an author is called while, or if, there is no profile. */
export function nameOf(author: Profile | undefined, id: string): string {
  return author?.display_name ?? (id === 'system' || id.includes(':') ? t('system') : '…')
}
