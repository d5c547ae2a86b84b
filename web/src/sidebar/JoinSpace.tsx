import { useSignal } from '@preact/signals'
import { said } from '../i18n/said'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { t } from './dialog_words'
import { enterSpace } from './enter_space'
import { codeIn } from './invite_code'
import { t as shared } from './words'
import './browse.css'

export function JoinSpace() {
  const chat = useChat()
  const link = useSignal('')
  const problem = useSignal<string | null>(null)
  const submit = async (event: Event) => {
    event.preventDefault()
    try {
      const { space } = await chat.ask('invite.accept', { code: codeIn(link.value) })
      closeDialog()
      await enterSpace(chat, space)
    } catch (error) {
      problem.value = said(error as Error)
    }
  }
  return (
    <Dialog title={shared('join_space')} onClose={closeDialog}>
      <form class="form" onSubmit={submit}>
        <Field
          label={t('invite_code')}
          required
          autofocus
          value={link.value}
          problem={problem.value}
          onInput={(event) => {
            link.value = event.currentTarget.value
          }}
        />
        <Button kind="primary" type="submit" disabled={link.value.trim() === ''}>
          {t('join')}
        </Button>
      </form>
    </Dialog>
  )
}
