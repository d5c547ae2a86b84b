import { openPanel } from '../shell/panel'
import { dateAndClock, shortly } from '../text/dates'
import { Icon } from '../ui/Icon'
import type { SlotProps } from './slots'
import { t } from './words'

/** Under the message that began a thread: how long it is, and the way into it. */
export function ThreadSummary({ room, message, place }: SlotProps) {
  if (message.thread === null || place !== 'room') return null
  const { replies, last_at } = message.thread
  return (
    <button
      type="button"
      class="thread-summary"
      onClick={() => openPanel({ kind: 'thread', room: room.id, seq: message.seq })}
    >
      <Icon name="thread" size={15} />
      {t('replies', { count: replies })}
      <span class="thread-last" title={dateAndClock(last_at)}>
        {t('last_reply', { at: shortly(last_at) })}
      </span>
    </button>
  )
}
