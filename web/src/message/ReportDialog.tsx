/** Tells the moderators of a message. */

import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { Submit } from '../ui/Submit'
import { toast } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import { t as ui } from '../ui/words'
import { t } from './act_words'

export function ReportDialog({ room, seq }: { room: string; seq: number }) {
  const chat = useChat()
  const form = useForm({ reason: '' })
  const report = async () => {
    await chat.ask('message.report', { room, seq, reason: form.values.reason.value.trim() })
    closeDialog()
    toast(t('reported'))
  }
  return (
    <Dialog title={t('report')} onClose={closeDialog}>
      <form class="form" onSubmit={form.submit(report)}>
        <p>{t('report_text')}</p>
        <Field
          label={ui('reason')}
          maxLength={500}
          autofocus
          problem={form.problem.value}
          {...form.input('reason')}
        />
        <div class="form-acts">
          <Submit
            form={form}
            kind="primary"
            disabled={form.values.reason.value.trim() === ''}
            act={t('report')}
          />
        </div>
      </form>
    </Dialog>
  )
}
