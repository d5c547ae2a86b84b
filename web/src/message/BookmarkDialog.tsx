/** Keeps a message for oneself, with a note. */

import { useEffect } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { Submit } from '../ui/Submit'
import { toast } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import { t as ui } from '../ui/words'
import { t } from './act_words'

/** As many as the server gives at once. */
const MOST = 500

export function BookmarkDialog({ room, seq, note: before }: { room: string; seq: number; note?: string }) {
  const chat = useChat()
  const form = useForm({ note: before ?? '' })
  const { note } = form.values
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
  const save = async () => {
    await chat.ask('bookmark.add', { room, seq, note: note.value.trim() || null })
    closeDialog()
    toast(t('bookmarked'))
  }
  return (
    <Dialog title={t('bookmark')} onClose={closeDialog}>
      <form class="form" onSubmit={form.submit(save)}>
        <Field
          label={t('note')}
          hint={t('note_hint')}
          autofocus
          problem={form.problem.value}
          {...form.input('note')}
        />
        <div class="form-acts">
          <Submit form={form} kind="primary" act={ui('save')} />
        </div>
      </form>
    </Dialog>
  )
}
