/** Adds people of the space to a room. There is nothing for them to accept. */

import { useComputed, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { named } from '../people/directory'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { FilterField } from '../ui/FilterField'
import { toast, tried } from '../ui/toasts'
import type { Member, MemberPage, OwnRoom } from '../wire/contract'
import { t } from './dialog_words'
import { t as shared } from './words'
import './invite.css'

const PAGE = 500
const SHOWN = 50

export function InvitePeople({ room }: { room: OwnRoom }) {
  const chat = useChat()
  const people = useSignal<readonly Member[]>([])
  const inside = useSignal<ReadonlySet<string>>(new Set())
  const typed = useSignal('')
  const loaded = useSignal(false)
  useEffect(() => {
    void tried(async () => {
      const members = await allOf((after) => chat.ask('room.members', { room: room.id, after, limit: PAGE }))
      inside.value = new Set(members.map(({ account }) => account))
      people.value = await allOf((after) =>
        chat.ask('space.members', { space: room.space as string, after, limit: PAGE }),
      )
      loaded.value = true
    })
  }, [room.id])
  const found = useComputed(() =>
    people.value
      .filter(({ account, disabled }) => !disabled && !inside.value.has(account))
      .filter((member) => named(typed.value, member.display_name, member.name))
      .slice(0, SHOWN),
  ).value
  const add = (member: Member, row: Element | null) => {
    // The button that has the focus goes with its row.
    const next = row?.nextElementSibling ?? row?.previousElementSibling
    return tried(async () => {
      await chat.ask('room.invite', { room: room.id, account: member.account })
      inside.value = new Set([...inside.value, member.account])
      next?.querySelector('button')?.focus()
      toast(t('added', { name: member.display_name }))
    })
  }
  return (
    <Dialog title={shared('invite')} onClose={closeDialog}>
      <FilterField label={t('whom')} typed={typed} autofocus />
      <ul class="invite-list">
        {found.map((member) => (
          <li key={member.account} class="invite-row">
            <Avatar profile={chat.people.profile(member.account).value} id={member.account} size={28} />
            <span class="invite-name">
              <bdi>{member.display_name}</bdi> <span class="invite-handle">@{member.name}</span>
            </span>
            <Button
              aria-label={`${shared('add')}: ${member.display_name}`}
              onClick={(event) => add(member, event.currentTarget.closest('li'))}
            >
              {shared('add')}
            </Button>
          </li>
        ))}
      </ul>
      {loaded.value && found.length === 0 && <p class="invite-handle">{t('nobody_found')}</p>}
    </Dialog>
  )
}

async function allOf(ask: (after: string | null) => Promise<MemberPage>): Promise<Member[]> {
  const all: Member[] = []
  let after: string | null = null
  do {
    const page: MemberPage = await ask(after)
    all.push(...page.members)
    after = page.next
  } while (after !== null)
  return all
}
