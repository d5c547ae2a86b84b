/** Messages that one keeps for oneself. */

import { BookmarkDialog } from '../message/BookmarkDialog'
import { useChat } from '../shell/chat_context'
import { openDialog } from '../shell/dialog'
import { IconButton } from '../ui/IconButton'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { tried } from '../ui/toasts'
import { SavedMessage } from './SavedMessage'
import { t } from './words'
import './saved.css'

export function BookmarksPanel() {
  const chat = useChat()
  const pages = usePages(
    async (after) => {
      const { bookmarks, next } = await chat.ask('bookmark.list', { after })
      return { items: bookmarks, next }
    },
    [],
    { concerns: (name) => name.startsWith('bookmark.') },
  )
  return (
    <div class="saved">
      {pages.items.value.map(({ room, seq, note, message }) => (
        <SavedMessage key={`${room}/${seq}`} room={room} message={message} named>
          <IconButton
            icon="edit"
            label={t('change_note')}
            onClick={() => openDialog(<BookmarkDialog room={room} seq={seq} note={note ?? ''} />)}
          />
          <IconButton
            icon="close"
            label={t('remove_bookmark')}
            onClick={() => tried(() => chat.ask('bookmark.remove', { room, seq }))}
          />
          {note !== null && <span class="saved-note">{note}</span>}
        </SavedMessage>
      ))}
      <PageEnd pages={pages} empty={t('no_bookmarks')} />
    </div>
  )
}
