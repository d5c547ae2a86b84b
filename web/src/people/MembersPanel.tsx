/** Who is in a room, by role, with presence. */

import { useComputed, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import { openPanel, type Panel } from '../shell/panel'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { FilterField } from '../ui/FilterField'
import { tried } from '../ui/toasts'
import type { Member } from '../wire/contract'
import { named } from './directory'
import { PresenceDot } from './PresenceDot'
import { RetentionLine } from './RetentionLine'
import { watchPresence } from './watch'
import { t } from './words'
import './people.css'

const PAGE = 500
const ROLES = ['owner', 'admin', 'moderator', 'member', 'guest', null] as const

export function MembersPanel({ panel }: { panel: Extract<Panel, { kind: 'members' }> }) {
  const chat = useChat()
  const members = useSignal<readonly Member[]>([])
  const next = useSignal<string | null>(null)
  const typed = useSignal('')
  const load = (after: string | null) =>
    void tried(async () => {
      const page = await chat.ask('room.members', { room: panel.room, after, limit: PAGE })
      members.value = after === null ? page.members : [...members.value, ...page.members]
      next.value = page.next
    })
  useEffect(() => {
    load(null)
    const here = `room/${panel.room}`
    const space = chat.store.rooms.get(panel.room)?.space
    return chat.listen((frame) => {
      const about = frame.stream === here || frame.stream === `space/${space}`
      if ('event' in frame && about && frame.event.startsWith('member.')) load(null)
    })
  }, [panel.room])
  useEffect(
    () =>
      watchPresence(
        chat,
        members.value.map(({ account }) => account),
      ),
    [members.value],
  )
  const shown = useComputed(() =>
    members.value.filter(({ name, display_name }) => named(typed.value, display_name, name)),
  )
  return (
    <div class="people">
      <RetentionLine room={panel.room} />
      <FilterField label={t('filter')} typed={typed} />
      <div class="people-scroll">
        {ROLES.map((role) => (
          <RoleGroup key={role} role={role} members={shown.value.filter((member) => member.role === role)} />
        ))}
        {shown.value.length === 0 && members.value.length > 0 && <p class="people-note">{t('nobody')}</p>}
        {next.value !== null && <Button onClick={() => load(next.value)}>{t('load_more')}</Button>}
      </div>
    </div>
  )
}

function RoleGroup({ role, members }: { role: Member['role']; members: readonly Member[] }) {
  const chat = useChat()
  if (members.length === 0) return null
  const sorted = members.toSorted((a, b) => a.display_name.localeCompare(b.display_name))
  return (
    <section>
      <h3 class="people-role">
        {role === null ? t('people') : t(role)} · {members.length}
      </h3>
      <ul class="people-list">
        {sorted.map((member) => (
          <li key={member.account}>
            <button
              type="button"
              class="people-row"
              onClick={() => openPanel({ kind: 'profile', account: member.account })}
            >
              <Avatar profile={chat.people.profile(member.account).value} id={member.account} size={30} />
              <bdi class="people-name">{member.display_name || member.name}</bdi>
              {member.bot && <span class="people-tag">{t('bot')}</span>}
              {member.disabled && <span class="people-tag">{t('disabled')}</span>}
              <PresenceDot account={member.account} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
