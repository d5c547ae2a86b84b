import { useSignal } from '@preact/signals'
import { above, holds } from '../data/rights'
import { named } from '../people/directory'
import { useChat } from '../shell/chat_context'
import { openDialog } from '../shell/dialog'
import { Button } from '../ui/Button'
import { FilterField } from '../ui/FilterField'
import { eventsOf } from '../ui/following'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { t as ui } from '../ui/words'
import { ModerateMember } from './ModerateMember'
import { Person } from './Person'
import type { TabProps } from './SpaceScreen'
import { t } from './words'

const PAGE = 500
/** So many rows stand there at first, and so many more with each press: drawing thousands takes seconds. */
const ROWS = 200

export function MembersTab({ space }: TabProps) {
  const chat = useChat()
  const typed = useSignal('')
  const most = useSignal(ROWS)
  const pages = usePages(
    async (after) => {
      const { members, next } = await chat.ask('space.members', { space: space.id, after, limit: PAGE })
      return { items: members, next }
    },
    [space.id],
    { all: typed.value !== '', concerns: eventsOf(`space/${space.id}`, 'member.') },
  )
  const found = pages.items.value.filter(({ name, display_name }) => named(typed.value, display_name, name))
  return (
    <>
      <FilterField label={t('filter')} typed={typed} />
      <ul class="rows">
        {found.slice(0, most.value).map((member) => (
          <li key={member.account} class="row">
            <div class="row-about">
              <Person account={member.account} />
              <span class="row-note">
                @{member.name} · {t(`role_${member.role ?? 'member'}`)}
                {member.bot && ` · ${t('bot')}`}
                {member.disabled && ` · ${t('disabled')}`}
              </span>
            </div>
            {member.account !== chat.me &&
              holds(space.role, 'member.mute') &&
              above(space.role, member.role) && (
                <Button
                  onClick={() => {
                    const shown = () =>
                      pages.items.value.find(({ account }) => account === member.account) ?? member
                    openDialog(<ModerateMember space={space.id} shown={shown} onDone={pages.reload} />)
                  }}
                >
                  {t('moderate')}
                </Button>
              )}
          </li>
        ))}
      </ul>
      {found.length > most.value ? (
        <Button
          onClick={() => {
            most.value += ROWS
          }}
        >
          {ui('more')}
        </Button>
      ) : (
        <PageEnd pages={pages} empty={t('nobody')} />
      )}
    </>
  )
}
