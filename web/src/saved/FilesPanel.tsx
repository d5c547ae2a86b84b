/** Messages of a room that came with files, newest first. */

import type { Push } from '../data/connection'
import { Attachments } from '../message/Attachments'
import { useChat } from '../shell/chat_context'
import type { Panel } from '../shell/panel'
import { roomLink } from '../shell/route'
import { dateAndClock } from '../text/dates'
import { eventsOf } from '../ui/following'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { t } from './words'
import './saved.css'

const hasFiles = ({ data }: Push) => Array.isArray(data.files) && data.files.length > 0

export function FilesPanel({ panel: { room } }: { panel: Extract<Panel, { kind: 'files' }> }) {
  const chat = useChat()
  const gone = eventsOf(`room/${room}`, 'message.deleted')
  const come = eventsOf(`room/${room}`, 'message.posted')
  const pages = usePages(
    async (cursor) => {
      const { hits, next } = await chat.ask('message.search', { room, has_file: true, cursor })
      return { items: hits, next }
    },
    [room],
    { concerns: (...told) => gone(...told) || (come(...told) && hasFiles(told[1])) },
  )
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
