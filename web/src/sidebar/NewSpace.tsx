import { useSignal } from '@preact/signals'
import { said } from '../i18n/said'
import { useChat } from '../shell/chat_context'
import { closeDialog, openDialog } from '../shell/dialog'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { t } from './dialog_words'
import { NewRoom } from './dialogs'
import { t as shared } from './words'
import './browse.css'

export function NewSpace() {
  const chat = useChat()
  const name = useSignal('')
  const problem = useSignal<string | null>(null)
  const submit = async (event: Event) => {
    event.preventDefault()
    try {
      const { space } = await chat.ask('space.create', { name: name.value })
      openDialog(<NewRoom space={{ ...space, role: 'owner' }} />)
    } catch (error) {
      problem.value = said(error as Error)
    }
  }
  return (
    <Dialog title={shared('new_space')} onClose={closeDialog}>
      <form class="form" onSubmit={submit}>
        <Field
          label={t('space_name')}
          required
          autofocus
          value={name.value}
          problem={problem.value}
          onInput={(event) => {
            name.value = event.currentTarget.value
          }}
        />
        <Button kind="primary" type="submit" disabled={name.value.trim() === ''}>
          {t('create')}
        </Button>
      </form>
    </Dialog>
  )
}
