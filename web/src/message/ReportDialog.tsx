/** Tells the moderators of a message. */

import { useSignal } from '@preact/signals'
import { said } from '../i18n/said'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { toast } from '../ui/toasts'
import { t as ui } from '../ui/words'
import { t } from './act_words'

export function ReportDialog({ room, seq }: { room: string; seq: number }) {
  const chat = useChat()
  const reason = useSignal('')
  const problem = useSignal<string | null>(null)
  const submit = async (event: Event) => {
    event.preventDefault()
    try {
      await chat.ask('message.report', { room, seq, reason: reason.value.trim() })
      closeDialog()
      toast(t('reported'))
    } catch (error) {
      problem.value = said(error as Error)
    }
  }
  return (
    <Dialog title={t('report')} onClose={closeDialog}>
      <form class="form" onSubmit={submit}>
        <p>{t('report_text')}</p>
        <Field
          label={ui('reason')}
          maxLength={500}
          autofocus
          value={reason.value}
          problem={problem.value}
          onInput={(event) => {
            reason.value = event.currentTarget.value
          }}
        />
        <div class="form-acts">
          <Button kind="primary" type="submit" disabled={reason.value.trim() === ''}>
            {t('report')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
