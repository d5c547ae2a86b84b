import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { AskDialog } from '../ui/AskDialog'
import { t } from './dialog_words'
import { enterSpace } from './enter_space'
import { codeIn } from './invite_code'
import { t as shared } from './words'

export function JoinSpace() {
  const chat = useChat()
  const join = async (link: string) => {
    const { space } = await chat.ask('invite.accept', { code: codeIn(link) })
    closeDialog()
    await enterSpace(chat, space)
  }
  return (
    <AskDialog
      title={shared('join_space')}
      label={t('invite_code')}
      name="code"
      act={t('join')}
      onAnswer={join}
    />
  )
}
