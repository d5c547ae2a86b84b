/** Who is in a room. People are added and removed here by whoever has the right. */

import { useSignal } from '@preact/signals'
import { holds } from '../data/rights'
import { directoryOf, named } from '../people/directory'
import { useChat } from '../shell/chat_context'
import { Button } from '../ui/Button'
import { FilterField } from '../ui/FilterField'
import { eventsOf } from '../ui/following'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { tried } from '../ui/toasts'
import type { Member, RoomDetail } from '../wire/contract'
import { Person } from './Person'
import { roleInRoom } from './role_in_room'
import { t } from './words'

/** People who are offered to be added, at most. */
const FOUND = 8

export function RoomMembers({ room }: { room: RoomDetail }) {
  const chat = useChat()
  const role = roleInRoom(chat, room)
  const typed = useSignal('')
  const { people } = directoryOf(chat).value as { people: ReadonlyMap<string, Member> }
  // Whoever leaves the space leaves its rooms; no event of theirs says so.
  const inRoom = eventsOf(`room/${room.id}`, 'member.')
  const inSpace = eventsOf(`space/${room.space}`, 'member.')
  const pages = usePages(
    async (after) => {
      const { members, next } = await chat.ask('room.members', { room: room.id, after })
      return { items: members, next }
    },
    [room.id],
    { concerns: (...told) => inRoom(...told) || inSpace(...told) },
  )
  const inside = new Set(pages.items.value.map(({ account }) => account))
  const found = [...people.values()]
    .filter(
      ({ account, name, display_name }) => !inside.has(account) && named(typed.value, display_name, name),
    )
    .slice(0, FOUND)
  const act = async (work: () => Promise<unknown>) => {
    if (await tried(work)) pages.reload()
  }
  return (
    <section class="form">
      <h3>{t('room_members')}</h3>
      {room.member && holds(role, 'room.invite') && (
        <>
          <FilterField label={t('add_person')} typed={typed} />
          {typed.value !== '' &&
            found.map(({ account, display_name }) => (
              <Button
                key={account}
                onClick={() => {
                  typed.value = ''
                  void act(() => chat.ask('room.invite', { room: room.id, account }))
                }}
              >
                {t('add_name', { name: display_name })}
              </Button>
            ))}
        </>
      )}
      <ul class="rows">
        {pages.items.value.map((member) => (
          <li key={member.account} class="row">
            <div class="row-about">
              <Person account={member.account} />
            </div>
            {holds(role, 'room.remove') && member.account !== chat.me && (
              <Button
                kind="danger"
                onClick={() => act(() => chat.ask('room.remove', { room: room.id, account: member.account }))}
              >
                {t('remove')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <PageEnd pages={pages} empty={t('nobody')} />
    </section>
  )
}
