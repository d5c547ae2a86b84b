/** Why one cannot write here as usual. */

import { useChat } from '../shell/chat_context'
import { Icon, type IconName } from '../ui/Icon'
import type { OwnRoom } from '../wire/contract'
import { t } from './words'

const MODERATES: ReadonlySet<OwnRoom['role']> = new Set(['owner', 'admin', 'moderator'])

export function Notices({ room }: { room: OwnRoom }) {
  const chat = useChat()
  const space = room.space === null ? undefined : chat.store.spaces.row(room.space).value
  const moderates = MODERATES.has(room.role)
  const notices: [IconName, string][] = []
  if (room.archived) notices.push(['archive', t('archived')])
  else if (room.locked) notices.push(['lock', t('locked')])
  else if (space?.locked) notices.push(['lock', t('space_locked')])
  else if (room.kind === 'announcement' && !moderates) notices.push(['megaphone', t('announcing')])
  if (room.slow_mode > 0 && !room.archived && !moderates)
    notices.push(['time', t('slow_mode', { count: room.slow_mode })])
  return (
    <>
      {notices.map(([icon, text]) => (
        <p key={text} class="room-notice">
          <Icon name={icon} size={16} />
          {text}
        </p>
      ))}
    </>
  )
}
