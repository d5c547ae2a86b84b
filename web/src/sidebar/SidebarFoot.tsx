import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { PresenceDot } from '../people/PresenceDot'
import { watchPresence } from '../people/watch'
import { useChat } from '../shell/chat_context'
import { go, screenLink } from '../shell/route'
import { Avatar } from '../ui/Avatar'
import { IconButton } from '../ui/IconButton'
import { MeMenu } from './dialogs'
import { t } from './words'

/** Oneself: how one is seen, and the ways to what else one does about oneself. */
export function SidebarFoot() {
  const chat = useChat()
  const account = chat.store.account.value
  const anchor = useSignal<HTMLElement | null>(null)
  const me = account?.id
  useEffect(() => (me === undefined ? undefined : watchPresence(chat, [me])), [me])
  if (account === null) return null
  return (
    <footer class="sidebar-foot">
      <button
        type="button"
        class="sidebar-me"
        aria-haspopup="menu"
        aria-expanded={anchor.value !== null}
        onClick={(event) => {
          anchor.value = anchor.value === null ? event.currentTarget : null
        }}
      >
        <Avatar profile={chat.people.profile(account.id).value} id={account.id} size={30} />
        <bdi class="sidebar-name">{account.display_name || account.name}</bdi>
        <PresenceDot account={account.id} />
      </button>
      <IconButton icon="settings" label={t('settings')} onClick={() => go(screenLink('settings'))} />
      {anchor.value !== null && (
        <MeMenu
          account={account}
          anchor={anchor.value}
          onClose={() => {
            anchor.value = null
          }}
        />
      )}
    </footer>
  )
}
