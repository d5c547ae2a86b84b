/** What can be changed about one room, and who is in it. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { holds } from '../data/rights'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { screenLink } from '../shell/route'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { FormProblem } from '../ui/FormProblem'
import { Submit } from '../ui/Submit'
import { toast, tried } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import { t as ui } from '../ui/words'
import type { RoomDetail } from '../wire/contract'
import { Retention } from './Retention'
import { RoomActs } from './RoomActs'
import { RoomMembers } from './RoomMembers'
import { roleInRoom } from './role_in_room'
import { t } from './words'
import './manage.css'

interface RoomSettingsProps {
  room: string
  /** Something about the room was changed. */
  onDone?(): void
}

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
      <RoomActs room={room} onChanged={changed} />
      <RoomRetention room={room} onChanged={changed} />
      <RoomMembers room={room} />
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

function About({ room, onChanged }: { room: RoomDetail; onChanged(): void }) {
  const chat = useChat()
  const may = holds(roleInRoom(chat, room), 'room.update')
  const form = useForm({ name: room.name, topic: room.topic ?? '', slow_mode: String(room.slow_mode) })
  const save = async () => {
    const { slow_mode, ...fields } = form.changes()
    const slow = slow_mode === undefined ? {} : { slow_mode: Number(slow_mode) || 0 }
    await chat.ask('room.update', { room: room.id, ...fields, ...slow })
    toast(t('saved'))
    onChanged()
  }
  return (
    <form class="form" onSubmit={form.submit(save)}>
      <p>
        {t(room.private ? 'is_private' : 'is_public')} {room.kind === 'announcement' && t('is_announcement')}
        {room.archived && ` ${t('is_archived')}`}
      </p>
      <Field label={t('room_name')} disabled={!may} {...form.input('name')} />
      <Field label={t('topic')} disabled={!may} {...form.input('topic')} />
      <Field
        label={t('slow_mode')}
        hint={t('slow_mode_hint')}
        type="number"
        min={0}
        disabled={!may}
        {...form.input('slow_mode')}
      />
      <FormProblem problem={form.problem} />
      {may && (
        <div class="form-acts">
          <Submit form={form} kind="primary" act={ui('save')} />
        </div>
      )}
    </form>
  )
}

function RoomRetention({ room, onChanged }: { room: RoomDetail; onChanged(): Promise<void> }) {
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
