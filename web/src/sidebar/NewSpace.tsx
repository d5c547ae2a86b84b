import { useChat } from '../shell/chat_context'
import { closeDialog, openDialog } from '../shell/dialog'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { Submit } from '../ui/Submit'
import { useForm } from '../ui/useForm'
import { t } from './dialog_words'
import { NewRoom } from './dialogs'
import { t as shared } from './words'
import './browse.css'

export function NewSpace() {
  const chat = useChat()
  const form = useForm({ name: '' })
  const create = async () => {
    const { space } = await chat.ask('space.create', { name: form.values.name.value })
    openDialog(<NewRoom space={{ ...space, role: 'owner' }} />)
  }
  return (
    <Dialog title={shared('new_space')} onClose={closeDialog}>
      <form class="form" onSubmit={form.submit(create)}>
        <Field
          label={t('space_name')}
          required
          autofocus
          problem={form.problem.value}
          {...form.input('name')}
        />
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
