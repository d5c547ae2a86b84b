/** Above the field: that something of one's own will be sent here later, or could not be. */

import { useChat } from '../shell/chat_context'
import { closeDialog, openDialog } from '../shell/dialog'
import { Dialog } from '../ui/Dialog'
import { Icon } from '../ui/Icon'
import { ScheduledList } from './ScheduledList'
import { scheduledOf } from './scheduled'
import { t } from './words'

export function ScheduledLine({ room }: { room: string }) {
  const chat = useChat()
  const list = scheduledOf(chat).value.filter((one) => one.room === room)
  if (list.length === 0) return null
  const failed = list.filter((one) => one.failed !== null).length
  const open = () =>
    openDialog(
      <Dialog title={t('scheduled_title')} onClose={closeDialog}>
        <ScheduledList room={room} titled />
      </Dialog>,
    )
  return (
    <button type="button" class={failed > 0 ? 'scheduled scheduled-failed' : 'scheduled'} onClick={open}>
      <Icon name="time" size={14} />
      {failed > 0 ? t('scheduled_broken', { count: failed }) : t('scheduled_here', { count: list.length })}
    </button>
  )
}
