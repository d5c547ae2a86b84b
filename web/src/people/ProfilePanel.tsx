/** What is known of somebody, and how to reach them. */

import { useEffect } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import type { Panel } from '../shell/panel'
import { fromHere, roomLink } from '../shell/route'
import { dateTime } from '../text/dates'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { tried } from '../ui/toasts'
import { PresenceDot } from './PresenceDot'
import { t } from './panel_words'
import { watchPresence } from './watch'
import { t as shown } from './words'
import './people.css'

export function ProfilePanel({ panel: { account } }: { panel: Extract<Panel, { kind: 'profile' }> }) {
  const chat = useChat()
  const profile = chat.people.profile(account).value
  const presence = chat.people.presences.row(account).value
  const blocked = chat.store.blocked.value.has(account)
  useEffect(() => {
    chat.people.renew(account)
    return watchPresence(chat, [account])
  }, [account])
  if (profile === undefined) return <p class="app-empty">{t('unknown')}</p>
  const write = () =>
    tried(async () => {
      const open = fromHere()
      const { room } = await chat.ask('direct.open', { accounts: [account] })
      await chat.showRoom(room.id)
      open(roomLink(room.id))
    })
  return (
    <div class="profile">
      <Avatar profile={profile} id={account} size={96} />
      <div>
        <h3 class="profile-name">
          <bdi>{profile.display_name || profile.name}</bdi>
        </h3>
        <p class="people-note">
          @{profile.name}
          {profile.bot && ` · ${t('bot')}`}
          {profile.disabled && ` · ${t('disabled')}`}
          {profile.deleted && ` · ${t('deleted')}`}
        </p>
      </div>
      <p>
        <PresenceDot account={account} /> {shown(`presence_${presence?.state ?? 'offline'}`)}
        {presence?.last_seen && (
          <span class="people-note"> · {t('last_seen', { when: dateTime(presence.last_seen) })}</span>
        )}
      </p>
      {profile.about && <p class="profile-about">{profile.about}</p>}
      {blocked && <p class="people-note">{t('blocked')}</p>}
      {account !== chat.me && !profile.deleted && (
        <div class="profile-acts">
          <Button kind="primary" onClick={write}>
            {t('message')}
          </Button>
          <Button
            kind={blocked ? 'plain' : 'danger'}
            onClick={() => tried(() => chat.ask(blocked ? 'block.remove' : 'block.add', { account }))}
          >
            {blocked ? t('unblock') : t('block')}
          </Button>
        </div>
      )}
    </div>
  )
}
