import { useSignal } from '@preact/signals'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { go, roomLink } from '../shell/route'
import { Check } from '../ui/Check'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { tickedInto } from '../ui/input'
import { Submit } from '../ui/Submit'
import { useForm } from '../ui/useForm'
import type { OwnSpace } from '../wire/contract'
import { t } from './dialog_words'
import { t as shared } from './words'
import './browse.css'

export function NewRoom({ space }: { space: OwnSpace }) {
  const chat = useChat()
  const form = useForm({ name: '', topic: '' })
  const isPrivate = useSignal(false)
  const announcement = useSignal(false)
  const create = async () => {
    const { name, topic } = form.values
    const { room } = await chat.ask('room.create', {
      space: space.id,
      name: name.value,
      topic: topic.value.trim() || null,
      private: isPrivate.value,
      kind: announcement.value ? 'announcement' : 'text',
    })
    closeDialog()
    go(roomLink(room.id))
  }
  return (
    <Dialog title={`${shared('new_room')} · ${space.name}`} onClose={closeDialog}>
      <form class="form" onSubmit={form.submit(create)}>
        <Field
          label={t('room_name')}
          required
          autofocus
          problem={form.problem.value}
          {...form.input('name')}
        />
        <Field label={t('room_topic')} hint={t('room_topic_hint')} {...form.input('topic')} />
        <Check {...tickedInto(isPrivate)}>{t('private')}</Check>
        <Check {...tickedInto(announcement)}>{shared('announcement')}</Check>
        <Submit
          form={form}
          kind="primary"
          disabled={form.values.name.value.trim() === ''}
          act={t('create')}
        />
      </form>
    </Dialog>
  )
}
