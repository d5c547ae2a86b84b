/** Messages of a room that came with files, newest first. */

import { Attachments } from '../message/Attachments'
import { useChat } from '../shell/chat_context'
import type { Panel } from '../shell/panel'
import { roomLink } from '../shell/route'
import { dateAndClock } from '../text/dates'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { useRoomEvents } from './room_events'
import { t } from './words'
import './saved.css'

export function FilesPanel({ panel: { room } }: { panel: Extract<Panel, { kind: 'files' }> }) {
  const chat = useChat()
  const pages = usePages(
    async (cursor) => {
      const { hits, next } = await chat.ask('message.search', { room, has_file: true, cursor })
      return { items: hits, next }
    },
    [room],
  )
  useRoomEvents(room, ['message.deleted'], pages.reload)
  const shown = pages.items.value.filter(({ by }) => !chat.store.blocked.value.has(by))
  return (
    <div class="saved">
      {shown.map((hit) => (
        <div key={hit.seq} class="saved-message saved-file">
          <p class="saved-head">
            <bdi>{chat.people.profile(hit.by).value?.display_name ?? '…'}</bdi>
            <a href={roomLink(room, hit.seq)}>{dateAndClock(hit.at)}</a>
          </p>
          <Attachments files={hit.files} />
        </div>
      ))}
      <PageEnd pages={pages} empty={t('no_files')} />
    </div>
  )
}
