import { useChat } from '../shell/chat_context'
import { t } from './words'
import './presence.css'

/** Whether somebody is there, by shape and colour; in words for those who do not see it. */
export function PresenceDot({ account }: { account: string }) {
  const state = useChat().people.presences.row(account).value?.state ?? 'offline'
  return (
    <span
      class={`presence presence-${state}`}
      role="img"
      aria-label={t(`presence_${state}`)}
      title={t(`presence_${state}`)}
    />
  )
}
