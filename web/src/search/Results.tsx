/** What was found, with the words that were looked for marked, newest first. */

import { useChat } from '../shell/chat_context'
import { roomLink } from '../shell/route'
import { roomName } from '../sidebar/room_name'
import { shortly } from '../text/dates'
import { Avatar } from '../ui/Avatar'
import { Icon } from '../ui/Icon'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import type { SearchHit } from '../wire/contract'
import type { Asked } from './asked'
import { marked } from './highlight'
import { t } from './words'

export function Results({ asked, onOpen }: { asked: Asked; onOpen(): void }) {
  const chat = useChat()
  const pages = usePages(
    async (cursor) => {
      const { hits, next } = await chat.ask('message.search', { ...asked, cursor })
      return { items: hits, next }
    },
    [JSON.stringify(asked)],
  )
  const all = pages.items.value
  const hits = all.filter(({ by }) => !chat.store.blocked.value.has(by))
  return (
    <div class="search-scroll">
      <p class="search-note" role="status">
        {!pages.loading.value &&
          hits.length > 0 &&
          t(pages.more ? 'found_more' : 'found', { count: hits.length })}
        {hits.length < all.length && ` ${t('hidden', { count: all.length - hits.length })}`}
      </p>
      <ul class="search-hits">
        {hits.map((hit) => (
          <Hit key={hit.position} hit={hit} onOpen={onOpen} />
        ))}
      </ul>
      <div class="search-note">
        <PageEnd pages={pages} empty={t('nothing')} />
      </div>
    </div>
  )
}

function Hit({ hit, onOpen }: { hit: SearchHit; onOpen(): void }) {
  const chat = useChat()
  const author = chat.people.profile(hit.by).value
  const room = chat.store.rooms.row(hit.room).value
  return (
    <li>
      <a class="search-hit" href={roomLink(hit.room, hit.seq)} onClick={onOpen}>
        <Avatar profile={author} id={hit.by} size={28} />
        <span class="search-about">
          <span class="search-head">
            <bdi>{author?.display_name ?? '…'}</bdi> ·{' '}
            <bdi>{room === undefined ? t('a_room') : roomName(chat, room)}</bdi> · {shortly(hit.at)}
          </span>
          <span class="search-text" dir="auto">
            {marked(hit.snippet, hit.highlights).map(({ text, marked: is }, at) =>
              is ? <mark key={at}>{text}</mark> : text,
            )}
          </span>
          {hit.files.length > 0 && (
            <span class="search-head">
              <Icon name="file" size={14} /> {hit.files.map(({ name }) => name).join(', ')}
            </span>
          )}
        </span>
      </a>
    </li>
  )
}
