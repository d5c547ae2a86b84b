/** Tells the moderators of a message. */

import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { AskDialog } from '../ui/AskDialog'
import { toast } from '../ui/toasts'
import { t as ui } from '../ui/words'
import { t } from './act_words'

export function ReportDialog({ room, seq }: { room: string; seq: number }) {
  const chat = useChat()
  const report = async (reason: string) => {
    await chat.ask('message.report', { room, seq, reason })
    closeDialog()
    toast(t('reported'))
  }
  return (
    <AskDialog
      title={t('report')}
      text={t('report_text')}
      label={ui('reason')}
      name="reason"
      maxLength={500}
      act={t('report')}
      onAnswer={report}
    />
  )
}
