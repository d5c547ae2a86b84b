import { useSignal } from '@preact/signals'
import { said } from '../i18n/said'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { go, roomLink } from '../shell/route'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import type { OwnSpace } from '../wire/contract'
import { t } from './dialog_words'
import { t as shared } from './words'
import './browse.css'

export function NewRoom({ space }: { space: OwnSpace }) {
  const chat = useChat()
  const name = useSignal('')
  const topic = useSignal('')
  const isPrivate = useSignal(false)
  const announcement = useSignal(false)
  const problem = useSignal<string | null>(null)
  const submit = async (event: Event) => {
    event.preventDefault()
    try {
      const { room } = await chat.ask('room.create', {
        space: space.id,
        name: name.value,
        topic: topic.value.trim() || null,
        private: isPrivate.value,
        kind: announcement.value ? 'announcement' : 'text',
      })
      closeDialog()
      go(roomLink(room.id))
    } catch (error) {
      problem.value = said(error as Error)
    }
  }
  return (
    <Dialog title={`${shared('new_room')} · ${space.name}`} onClose={closeDialog}>
      <form class="form" onSubmit={submit}>
        <Field
          label={t('room_name')}
          required
          autofocus
          value={name.value}
          problem={problem.value}
          onInput={(event) => {
            name.value = event.currentTarget.value
          }}
        />
        <Field
          label={t('room_topic')}
          hint={t('room_topic_hint')}
          value={topic.value}
          onInput={(event) => {
            topic.value = event.currentTarget.value
          }}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={isPrivate.value}
            onChange={(event) => {
              isPrivate.value = event.currentTarget.checked
            }}
          />
          {t('private')}
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={announcement.value}
            onChange={(event) => {
              announcement.value = event.currentTarget.checked
            }}
          />
          {shared('announcement')}
        </label>
        <Button kind="primary" type="submit" disabled={name.value.trim() === ''}>
          {t('create')}
        </Button>
      </form>
    </Dialog>
  )
}
