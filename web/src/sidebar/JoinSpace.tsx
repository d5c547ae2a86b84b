import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { Submit } from '../ui/Submit'
import { useForm } from '../ui/useForm'
import { t } from './dialog_words'
import { enterSpace } from './enter_space'
import { codeIn } from './invite_code'
import { t as shared } from './words'
import './browse.css'

export function JoinSpace() {
  const chat = useChat()
  const form = useForm({ code: '' })
  const join = async () => {
    const { space } = await chat.ask('invite.accept', { code: codeIn(form.values.code.value) })
    closeDialog()
    await enterSpace(chat, space)
  }
  return (
    <Dialog title={shared('join_space')} onClose={closeDialog}>
      <form class="form" onSubmit={form.submit(join)}>
        <Field
          label={t('invite_code')}
          required
          autofocus
          problem={form.problem.value}
          {...form.input('code')}
        />
        <Submit form={form} kind="primary" disabled={form.values.code.value.trim() === ''} act={t('join')} />
      </form>
    </Dialog>
  )
}
