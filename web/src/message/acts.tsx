/** What can be done with a message, and who may. */

import type { Chat } from '../data/chat'
import { openDialog } from '../shell/dialog'
import { lazy } from '../shell/Lazy'
import { openPanel } from '../shell/panel'
import { roomLink } from '../shell/route'
import { isFollowed } from '../thread/following'
import { confirmed } from '../ui/confirm'
import { copy } from '../ui/copy'
import type { IconName } from '../ui/Icon'
import { toast, tried } from '../ui/toasts'
import type { Message, OwnRoom } from '../wire/contract'
import { t } from './act_words'
import { compose } from './editing'
import { mayHere } from './may'
import type { RowPlace } from './slots'
import { t as shared } from './words'

export interface Act {
  readonly id: string
  readonly label: string
  readonly icon: IconName
  /** The key that does it while the row has the focus. */
  readonly key?: string
  readonly danger?: boolean
  run(): void
}

const Versions = lazy(() => import('./Versions'), 'Versions')
const ReceiptsDialog = lazy(() => import('./ReceiptsDialog'), 'ReceiptsDialog')
const ReportDialog = lazy(() => import('./ReportDialog'), 'ReportDialog')
const BookmarkDialog = lazy(() => import('./BookmarkDialog'), 'BookmarkDialog')

/** In the order in which they are offered. `thread`: the root of the thread in whose panel the row stands, else null. */
export function actsFor(
  chat: Chat,
  room: OwnRoom,
  message: Message,
  place: RowPlace,
  thread: number | null,
): readonly Act[] {
  if (place === 'list') return []
  const about = { room: room.id, seq: message.seq }
  const mine = message.by === chat.me
  const person = message.by !== 'system' && !message.by.includes(':')
  const may = mayHere(chat, room, message)
  const blocked = chat.store.blocked.value.has(message.by)
  const followed = isFollowed(chat, room.id, message)
  const ask = (work: () => Promise<unknown>) => void tried(work)
  const acts: (Act | false)[] = [
    may.write && {
      id: 'reply',
      label: shared('reply'),
      icon: 'reply',
      key: 'r',
      run: () => compose(room.id, thread, { kind: 'reply', message }),
    },
    place === 'room' && {
      id: 'thread',
      label: shared('thread'),
      icon: 'thread',
      key: 't',
      run: () => openPanel({ kind: 'thread', ...about }),
    },
    may.edit && {
      id: 'edit',
      label: shared('edit'),
      icon: 'edit',
      key: 'e',
      run: () => compose(room.id, thread, { kind: 'edit', message }),
    },
    (message.text ?? '') !== '' && {
      id: 'copy_text',
      label: t('copy_text'),
      icon: 'copy',
      key: 'c',
      run: () => void copy(message.text ?? ''),
    },
    {
      id: 'copy_link',
      label: t('copy_link'),
      icon: 'link',
      key: 'l',
      run: () => void copy(`${location.origin}/${roomLink(room.id, message.seq)}`),
    },
    may.keep && {
      id: 'bookmark',
      label: t('bookmark'),
      icon: 'bookmark',
      key: 'b',
      run: () => openDialog(<BookmarkDialog room={room.id} seq={message.seq} />),
    },
    may.pin && {
      id: 'pin',
      label: message.pinned ? t('unpin') : t('pin'),
      icon: 'pin',
      key: 'p',
      run: () => ask(() => chat.ask(message.pinned ? 'pin.remove' : 'pin.add', about)),
    },
    may.keep && {
      id: 'unread',
      label: t('mark_unread'),
      icon: 'bell',
      key: 'u',
      run: () => ask(() => chat.ask('read.mark_unread', about)),
    },
    may.keep &&
      message.thread !== null && {
        id: 'follow',
        label: followed ? t('unfollow') : t('follow'),
        icon: 'bell',
        run: () =>
          ask(async () => {
            await chat.ask(followed ? 'thread.unfollow' : 'thread.follow', about)
            toast(followed ? t('unfollowed') : t('followed'))
          }),
      },
    mine && {
      id: 'receipts',
      label: t('receipts'),
      icon: 'check',
      run: () => openDialog(<ReceiptsDialog {...about} />),
    },
    may.seeVersions && {
      id: 'versions',
      label: t('versions'),
      icon: 'time',
      run: () => openDialog(<Versions {...about} />),
    },
    person && {
      id: 'profile',
      label: shared('profile'),
      icon: 'people',
      run: () => openPanel({ kind: 'profile', account: message.by }),
    },
    !mine && {
      id: 'report',
      label: t('report'),
      icon: 'flag',
      run: () => openDialog(<ReportDialog {...about} />),
    },
    !mine &&
      person && {
        id: 'block',
        label: blocked ? t('unblock') : t('block'),
        icon: 'close',
        danger: !blocked,
        run: () =>
          blocked ? ask(() => chat.ask('block.remove', { account: message.by })) : void block(chat, message),
      },
    may.remove && {
      id: 'delete',
      label: t('delete'),
      icon: 'trash',
      key: 'Delete',
      danger: true,
      run: () => void remove(chat, room, message),
    },
  ]
  return acts.filter((act): act is Act => act !== false)
}

async function remove(chat: Chat, room: OwnRoom, message: Message): Promise<void> {
  const others = message.by !== chat.me
  const answer = await confirmed({
    title: t('delete_title'),
    text: others ? t('delete_other') : t('delete_text'),
    act: t('delete'),
    danger: true,
    reason: others,
  })
  if (answer)
    await tried(() => chat.ask('message.delete', { room: room.id, seq: message.seq, reason: answer.reason }))
}

async function block(chat: Chat, message: Message): Promise<void> {
  const name = chat.people.profile(message.by).peek()?.display_name ?? ''
  const answer = await confirmed({
    title: t('block'),
    text: t('block_text', { name }),
    act: t('block'),
    danger: true,
  })
  if (answer) await tried(() => chat.ask('block.add', { account: message.by }))
}
