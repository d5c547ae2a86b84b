import { useChat } from '../shell/chat_context'
import { openPanel } from '../shell/panel'
import { Avatar } from '../ui/Avatar'
import { t } from './words'

/** Somebody by name, with the way to their profile. Operators and the server itself have no profile. */
export function Person({ account }: { account: string }) {
  const chat = useChat()
  const profile = chat.people.profile(account).value
  if (account === 'system') return <span>{t('system')}</span>
  if (account.startsWith('operator:')) return <span>{t('operator')}</span>
  return (
    <button type="button" class="person" onClick={() => openPanel({ kind: 'profile', account })}>
      <Avatar profile={profile} id={account} size={22} />
      <bdi>{profile?.display_name || profile?.name || t('somebody')}</bdi>
    </button>
  )
}
