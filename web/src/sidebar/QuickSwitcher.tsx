/** Goes to a room or a person by the first letters of a name. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { directoryOf } from '../people/directory'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { fromHere, go, roomLink } from '../shell/route'
import { Avatar } from '../ui/Avatar'
import { Dialog } from '../ui/Dialog'
import { Icon } from '../ui/Icon'
import { tried } from '../ui/toasts'
import type { Member } from '../wire/contract'
import { t } from './dialog_words'
import { newestIn } from './newest'
import { roomName } from './room_name'
import { score } from './score'
import { t as shared } from './words'
import './browse.css'

type Target =
  | {
      readonly kind: 'room'
      readonly id: string
      readonly name: string
      readonly note: string
      readonly score: number
    }
  | {
      readonly kind: 'person'
      readonly id: string
      readonly name: string
      readonly note: string
      readonly score: number
    }

const SHOWN = 12
const byName = new Intl.Collator()

export function QuickSwitcher() {
  const chat = useChat()
  const typed = useSignal('')
  const at = useSignal(0)
  const list = useRef<HTMLDivElement>(null)
  const { people } = directoryOf(chat).value as { people: ReadonlyMap<string, Member> }
  const newest = newestIn(chat)
  const rooms = chat.store.rooms.all().map((room): Target => {
    const name = roomName(chat, room)
    const space = room.space === null ? '' : (chat.store.spaces.get(room.space)?.name ?? '')
    // With nothing typed, what is unread and new comes first.
    const idle = (room.mentions > 0 ? 2 : room.unread > 0 ? 1 : 0) + (newest.get(room.id) ?? 0) / 1e14
    return {
      kind: 'room',
      id: room.id,
      name,
      note: space,
      score: typed.value === '' ? idle : score(typed.value, name),
    }
  })
  const persons = [...people.values()]
    .filter(({ account, disabled }) => account !== chat.me && !disabled && typed.value !== '')
    .map(
      ({ account, name, display_name }): Target => ({
        kind: 'person',
        id: account,
        name: display_name,
        note: `@${name}`,
        score: Math.max(score(typed.value, display_name), score(typed.value, name)) - 0.1,
      }),
    )
  const found = [...rooms, ...persons]
    .filter((target) => typed.value === '' || target.score > 0)
    .sort((a, b) => b.score - a.score || byName.compare(a.name, b.name))
    .slice(0, SHOWN)
  const open = (target: Target | undefined) => {
    if (target === undefined) return
    closeDialog()
    if (target.kind === 'room') go(roomLink(target.id))
    else
      void tried(async () => {
        const goOn = fromHere()
        const { room } = await chat.ask('direct.open', { accounts: [target.id] })
        await chat.showRoom(room.id)
        goOn(roomLink(room.id))
      })
  }
  useEffect(() => {
    list.current?.children[at.value]?.scrollIntoView({ block: 'nearest' })
  }, [at.value])
  return (
    <Dialog title={shared('jump')} onClose={closeDialog}>
      <input
        class="switcher-input"
        type="text"
        role="combobox"
        autofocus
        autocomplete="off"
        aria-label={t('switch_hint')}
        placeholder={t('switch_hint')}
        aria-expanded="true"
        aria-controls="switcher-list"
        aria-activedescendant={found.length > 0 ? `switcher-${at.value}` : undefined}
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value
          at.value = 0
        }}
        onKeyDown={(event) => {
          const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
          if (step !== 0 && found.length > 0) {
            event.preventDefault()
            at.value = (at.value + step + found.length) % found.length
          } else if (event.key === 'Enter') {
            event.preventDefault()
            open(found[at.value])
          }
        }}
      />
      <div class="pick-list" id="switcher-list" role="listbox" aria-label={shared('jump')} ref={list}>
        {found.map((target, index) => (
          <div
            key={`${target.kind}${target.id}`}
            id={`switcher-${index}`}
            role="option"
            class="pick"
            aria-selected={index === at.value}
            onClick={() => open(target)}
          >
            {target.kind === 'room' ? (
              <Icon name={target.note === '' ? 'people' : 'hash'} size={18} />
            ) : (
              <Avatar profile={chat.people.profile(target.id).value} id={target.id} size={24} />
            )}
            <bdi class="pick-name">{target.name}</bdi>
            <bdi class="browse-note">{target.note}</bdi>
          </div>
        ))}
      </div>
      {found.length === 0 && <p class="browse-note">{t('no_match')}</p>}
    </Dialog>
  )
}
