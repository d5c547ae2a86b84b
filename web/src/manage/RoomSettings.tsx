/** What can be changed about one room, and who is in it. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { holds } from '../data/rights'
import { said } from '../i18n/said'
import { directoryOf, named } from '../people/directory'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { leaveRoom, screenLink } from '../shell/route'
import { Button } from '../ui/Button'
import { confirmed } from '../ui/confirm'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { FilterField } from '../ui/FilterField'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { toast, tried } from '../ui/toasts'
import { t as ui } from '../ui/words'
import type { Member, RoomDetail } from '../wire/contract'
import { Person } from './Person'
import { Retention } from './Retention'
import { t } from './words'
import './manage.css'

interface RoomSettingsProps {
  room: string
  /** Something about the room was changed. */
  onDone?(): void
}

const FOUND = 8

export function RoomSettings({ room: id, onDone }: RoomSettingsProps) {
  const chat = useChat()
  const detail = useSignal<RoomDetail | null>(null)
  const load = () =>
    tried(async () => {
      detail.value = (await chat.ask('room.get', { room: id })).room
    })
  useEffect(() => void load(), [id])
  const room = detail.value
  if (room === null)
    return (
      <Dialog title={t('room_settings')} onClose={closeDialog}>
        <p aria-busy="true">{ui('loading')}</p>
      </Dialog>
    )
  const changed = async () => {
    await load()
    onDone?.()
  }
  return (
    <Dialog title={`${t('room_settings')} · ${room.name}`} onClose={closeDialog} size="wide">
      <About room={room} onChanged={changed} />
      <Acts room={room} onChanged={changed} />
      <Kept room={room} onChanged={changed} />
      <Inside room={room} />
      {room.space !== null && (
        <p class="row-note">
          <a href={screenLink('settings', 'bots')} onClick={closeDialog}>
            {t('webhook_here')}
          </a>
        </p>
      )}
    </Dialog>
  )
}

function roleIn(chat: ReturnType<typeof useChat>, room: RoomDetail) {
  return room.space === null ? null : chat.store.spaces.row(room.space).value?.role
}

function About({ room, onChanged }: { room: RoomDetail; onChanged(): void }) {
  const chat = useChat()
  const may = holds(roleIn(chat, room), 'room.update')
  const name = useSignal(room.name)
  const topic = useSignal(room.topic ?? '')
  const slow = useSignal(String(room.slow_mode))
  const problem = useSignal<string | null>(null)
  const save = async (event: Event) => {
    event.preventDefault()
    problem.value = null
    try {
      const fields = { name: name.value, topic: topic.value.trim(), slow_mode: Number(slow.value) || 0 }
      await chat.ask('room.update', { room: room.id, ...fields })
      toast(t('saved'))
      onChanged()
    } catch (error) {
      problem.value = said(error as Error)
    }
  }
  return (
    <form class="form" onSubmit={save}>
      <p>
        {t(room.private ? 'is_private' : 'is_public')} {room.kind === 'announcement' && t('is_announcement')}
        {room.archived && ` ${t('is_archived')}`}
      </p>
      <Field
        label={t('room_name')}
        disabled={!may}
        value={name.value}
        problem={problem.value}
        onInput={(event) => {
          name.value = event.currentTarget.value
        }}
      />
      <Field
        label={t('topic')}
        disabled={!may}
        value={topic.value}
        onInput={(event) => {
          topic.value = event.currentTarget.value
        }}
      />
      <Field
        label={t('slow_mode')}
        hint={t('slow_mode_hint')}
        type="number"
        min={0}
        disabled={!may}
        value={slow.value}
        onInput={(event) => {
          slow.value = event.currentTarget.value
        }}
      />
      {may && (
        <div class="form-acts">
          <Button kind="primary" type="submit">
            {ui('save')}
          </Button>
        </div>
      )}
    </form>
  )
}

function Acts({ room, onChanged }: { room: RoomDetail; onChanged(): void }) {
  const chat = useChat()
  const role = roleIn(chat, room)
  const act = async (work: () => Promise<unknown>) => {
    if (await tried(work)) onChanged()
  }
  const lock = async () => {
    const answer = await confirmed({
      title: room.locked ? t('unlock_room') : t('lock_room'),
      text: room.locked ? t('unlock_room_text') : t('lock_room_text'),
      act: room.locked ? t('unlock') : t('lock'),
      reason: true,
    })
    if (answer)
      await act(() => chat.ask(room.locked ? 'room.unlock' : 'room.lock', { room: room.id, ...answer }))
  }
  const archive = async () => {
    const answer = await confirmed({
      title: room.archived ? t('unarchive') : t('archive'),
      text: room.archived ? t('unarchive_text') : t('archive_text'),
      act: room.archived ? t('unarchive') : t('archive'),
    })
    if (answer)
      await act(() => chat.ask(room.archived ? 'room.unarchive' : 'room.archive', { room: room.id }))
  }
  const remove = async () => {
    const answer = await confirmed({
      title: t('delete_room'),
      text: t('delete_room_text', { name: room.name }),
      act: t('delete'),
      danger: true,
      reason: true,
      typed: room.name,
    })
    if (answer && (await tried(() => chat.ask('room.delete', { room: room.id, ...answer }))))
      leaveRoom(room.id)
  }
  return (
    <div class="form-acts manage-acts">
      {holds(role, 'room.lock') && (
        <Button onClick={lock}>{room.locked ? t('unlock_room') : t('lock_room')}</Button>
      )}
      {holds(role, 'room.archive') && (
        <Button onClick={archive}>{room.archived ? t('unarchive') : t('archive')}</Button>
      )}
      {holds(role, 'room.delete') && (
        <Button kind="danger" onClick={remove}>
          {t('delete_room')}
        </Button>
      )}
    </div>
  )
}

function Kept({ room, onChanged }: { room: RoomDetail; onChanged(): Promise<void> }) {
  const chat = useChat()
  const space = room.space === null ? undefined : chat.store.spaces.row(room.space).value
  return (
    <Retention
      key={`${room.keep_days}`}
      place={{ room: room.id }}
      keepDays={room.keep_days}
      around={space?.keep_days ?? 0}
      hold={room.hold}
      may={holds(space?.role, 'room.set_retention')}
      onChanged={onChanged}
    />
  )
}

/** Who is in the room; who may add and remove people does it here. */
function Inside({ room }: { room: RoomDetail }) {
  const chat = useChat()
  const role = roleIn(chat, room)
  const typed = useSignal('')
  const { people } = directoryOf(chat).value as { people: ReadonlyMap<string, Member> }
  const pages = usePages(
    async (after) => {
      const { members, next } = await chat.ask('room.members', { room: room.id, after })
      return { items: members, next }
    },
    [room.id],
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
