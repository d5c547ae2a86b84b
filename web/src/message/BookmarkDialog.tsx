/** Keeps a message for oneself, with a note. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { said } from '../i18n/said'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { toast } from '../ui/toasts'
import { t as ui } from '../ui/words'
import { t } from './act_words'

/** As many as the server gives at once. */
const MOST = 500

export function BookmarkDialog({ room, seq, note: before }: { room: string; seq: number; note?: string }) {
  const chat = useChat()
  const note = useSignal(before ?? '')
  const problem = useSignal<string | null>(null)
  useEffect(() => {
    if (before !== undefined) return
    // One that is there keeps its note: the newest bookmarks are looked through, an older one may be.
    chat.ask('bookmark.list', { limit: MOST }).then(
      ({ bookmarks }) => {
        const found = bookmarks.find((one) => one.room === room && one.seq === seq)
        if (found?.note && note.peek() === '') note.value = found.note
      },
      () => undefined, // then it is as if there were none
    )
  }, [])
  const submit = async (event: Event) => {
    event.preventDefault()
    try {
      await chat.ask('bookmark.add', { room, seq, note: note.value.trim() || null })
      closeDialog()
      toast(t('bookmarked'))
    } catch (error) {
      problem.value = said(error as Error)
    }
  }
  return (
    <Dialog title={t('bookmark')} onClose={closeDialog}>
      <form class="form" onSubmit={submit}>
        <Field
          label={t('note')}
          hint={t('note_hint')}
          autofocus
          value={note.value}
          problem={problem.value}
          onInput={(event) => {
            note.value = event.currentTarget.value
          }}
        />
        <div class="form-acts">
          <Button kind="primary" type="submit">
            {ui('save')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
