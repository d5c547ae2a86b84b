import { useChat } from '../shell/chat_context'
import { openDialog } from '../shell/dialog'
import { openPanel } from '../shell/panel'
import { Icon } from '../ui/Icon'
import { IconButton } from '../ui/IconButton'
import { QuickSwitcher } from './dialogs'
import { t } from './words'

/** The server's name, the way to everything by typing, and what happened meanwhile. */
export function SidebarHead() {
  const chat = useChat()
  return (
    <header class="sidebar-head">
      <strong class="sidebar-server">
        <bdi>{chat.store.serverName.value}</bdi>
      </strong>
      <IconButton icon="bell" label={t('inbox')} onClick={() => openPanel({ kind: 'notifications' })} />
      <IconButton icon="bookmark" label={t('bookmarks')} onClick={() => openPanel({ kind: 'bookmarks' })} />
      <button type="button" class="sidebar-jump" onClick={() => openDialog(<QuickSwitcher />)}>
        <Icon name="search" size={16} />
        {t('jump')}
        <kbd>{MAC ? '⌘K' : t('jump_keys')}</kbd>
      </button>
    </header>
  )
}

const MAC = /Mac|iPhone|iPad/.test(navigator.userAgent)
