/** Who is in a room, with presence. */

import { effect, useComputed, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Again } from '../data/again'
import { Lost } from '../data/refusal'
import { useChat } from '../shell/chat_context'
import { openPanel, type Panel } from '../shell/panel'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { FilterField } from '../ui/FilterField'
import { tried } from '../ui/toasts'
import type { Member, MemberPage } from '../wire/contract'
import { MOST_PEOPLE, named } from './directory'
import { PresenceDot } from './PresenceDot'
import { t } from './panel_words'
import { RetentionLine } from './RetentionLine'
import { watchPresence } from './watch'
import './people.css'

const PAGE = 500
/** So many rows stand there at first, and so many more with each press: drawing thousands takes seconds. */
const ROWS = 200
/** So long after it was read a list is not read again: where many come at once, each of them would cost all pages. */
const REST_MS = 1_000

const byName = new Intl.Collator(undefined, { numeric: true })
const shownName = ({ display_name, name }: Member) => display_name || name

export function MembersPanel({ panel }: { panel: Extract<Panel, { kind: 'members' }> }) {
  const chat = useChat()
  const members = useSignal<readonly Member[]>([])
  const isAll = useSignal(false)
  const typed = useSignal('')
  const most = useSignal(ROWS)
  useEffect(() => {
    let left = false
    members.value = []
    isAll.value = false
    most.value = ROWS
    const load = async () => {
      const found: Member[] = []
      let after: string | null = null
      do {
        const page: MemberPage = await chat.ask('room.members', { room: panel.room, after, limit: PAGE })
        if (left) return
        found.push(...page.members)
        after = page.next
        // At first what has come is shown; later nothing goes until the rest is there.
        if (!isAll.peek()) members.value = [...found]
      } while (after !== null && found.length < MOST_PEOPLE)
      members.value = found
      isAll.value = after === null
    }
    const again = new Again(async () => {
      // What broke with the connection is asked for again with the next one.
      await tried(() =>
        load().catch((error) => {
          if (!(error instanceof Lost)) throw error
        }),
      )
      await new Promise((rested) => setTimeout(rested, REST_MS))
    }, 0)
    // Who came and went while there was no connection, no event tells.
    const stopWatching = effect(() => {
      if (chat.status.value.state === 'open') again.want()
    })
    const here = `room/${panel.room}`
    const space = chat.store.rooms.get(panel.room)?.space
    const stop = chat.listen((frame) => {
      const about = frame.stream === here || frame.stream === `space/${space}`
      if ('event' in frame && about && frame.event.startsWith('member.')) again.want()
    })
    return () => {
      left = true
      stop()
      stopWatching()
    }
  }, [panel.room])
  const found = useComputed(() =>
    members.value
      .filter(({ name, display_name }) => named(typed.value, display_name, name))
      .sort((one, other) => byName.compare(shownName(one), shownName(other))),
  )
  const shown = useComputed(() => found.value.slice(0, most.value))
  useEffect(
    () =>
      watchPresence(
        chat,
        shown.value.map(({ account }) => account),
      ),
    [shown.value],
  )
  return (
    <div class="people">
      <RetentionLine room={panel.room} />
      <FilterField label={t('filter')} typed={typed} />
      <div class="people-scroll">
        {found.value.length > 0 && (
          <section>
            <h3 class="people-heading">
              {t('people')} · {found.value.length}
              {!isAll.value && '+'}
            </h3>
            <ul class="people-list">
              {shown.value.map((member) => (
                <li key={member.account}>
                  <Row member={member} />
                </li>
              ))}
            </ul>
          </section>
        )}
        {found.value.length === 0 && isAll.value && <p class="people-note">{t('nobody')}</p>}
        {found.value.length > shown.value.length && (
          <Button
            onClick={() => {
              most.value += ROWS
            }}
          >
            {t('load_more')}
          </Button>
        )}
      </div>
    </div>
  )
}

function Row({ member }: { member: Member }) {
  const chat = useChat()
  return (
    <button
      type="button"
      class="people-row"
      onClick={() => openPanel({ kind: 'profile', account: member.account })}
    >
      <Avatar profile={chat.people.profile(member.account).value} id={member.account} size={30} />
      <bdi class="people-name">{shownName(member)}</bdi>
      {member.bot && <span class="people-tag">{t('bot')}</span>}
      {member.disabled && <span class="people-tag">{t('disabled')}</span>}
      <PresenceDot account={member.account} />
    </button>
  )
}
