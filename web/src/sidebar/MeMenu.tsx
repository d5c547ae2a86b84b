/** What one does about oneself: how one is seen, other accounts, spaces to join or make, the server, signing out. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import { openDialog } from '../shell/dialog'
import { go, screenLink } from '../shell/route'
import { accounts, show } from '../shell/session'
import { Menu, type MenuItem } from '../ui/Menu'
import { tried } from '../ui/toasts'
import type { Account } from '../wire/contract'
import { JoinSpace, NewSpace, ShortcutHelp } from './dialogs'
import { t } from './me_words'
import { type News, newsOf } from './other_news'
import { t as shared } from './words'

const STATES = ['online', 'away', 'dnd', 'invisible'] as const

interface MeMenuProps {
  account: Account
  anchor: HTMLElement
  onClose(): void
}

export function MeMenu({ account, anchor, onClose }: MeMenuProps) {
  const chat = useChat()
  const state = chat.people.presences.row(account.id).value?.state
  const others = accounts.all.value.filter(({ id }) => id !== account.id)
  const news = useSignal<ReadonlyMap<string, News>>(new Map())
  useEffect(() => {
    for (const { id } of others)
      newsOf(id).then(
        (found) => {
          news.value = new Map([...news.peek(), [id, found]])
        },
        () => undefined, // it is signed out elsewhere, or there is no network: nothing is said
      )
  }, [])
  const items: MenuItem[] = [
    ...STATES.map(
      (to): MenuItem => ({
        label: t(to),
        chosen: state === to,
        onPick: () => void tried(() => chat.ask('presence.set', { state: to })),
      }),
    ),
    ...others.map(
      ({ id, display_name }): MenuItem => ({
        label: t('switch_to', { name: display_name }),
        icon: 'people',
        ...noted(news.value.get(id)),
        onPick: () => {
          go('#/')
          void show(id)
        },
      }),
    ),
    { label: t('add_account'), icon: 'add', onPick: () => go(screenLink('add-account')) },
    { label: shared('join_space'), icon: 'link', onPick: () => openDialog(<JoinSpace />) },
    { label: shared('new_space'), icon: 'add', onPick: () => openDialog(<NewSpace />) },
    { label: t('shortcuts'), icon: 'help', onPick: () => openDialog(<ShortcutHelp />) },
    ...(account.admin
      ? [
          {
            label: t('operate'),
            icon: 'settings',
            onPick: () => go(screenLink('operator')),
          } satisfies MenuItem,
        ]
      : []),
    {
      label: t('sign_out'),
      icon: 'back',
      onPick: () => void import('../shell/signing_out').then((part) => part.leaveAccount(chat)),
    },
  ]
  return <Menu label={shared('me_menu')} items={items} anchor={anchor} onClose={onClose} />
}

/** Beside the name of another account: how many call it, or a dot for other news. */
function noted(news: News | undefined): Pick<MenuItem, 'note' | 'noteLabel'> {
  if (news === undefined || news.unread === 0) return {}
  if (news.mentions === 0) return { note: '•', noteLabel: shared('unread', { count: news.unread }) }
  const note = news.mentions > 99 ? '99+' : String(news.mentions)
  return { note, noteLabel: shared('mentions', { count: news.mentions }) }
}
