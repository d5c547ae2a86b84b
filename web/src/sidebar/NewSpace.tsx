import { useChat } from '../shell/chat_context'
import { openDialog } from '../shell/dialog'
import { AskDialog } from '../ui/AskDialog'
import { t } from './dialog_words'
import { NewRoom } from './dialogs'
import { t as shared } from './words'

export function NewSpace() {
  const chat = useChat()
  const create = async (name: string) => {
    const { space } = await chat.ask('space.create', { name })
    openDialog(<NewRoom space={{ ...space, role: 'owner' }} />)
  }
  return (
    <AskDialog
      title={shared('new_space')}
      label={t('space_name')}
      name="name"
      act={t('create')}
      onAnswer={create}
    />
  )
}
