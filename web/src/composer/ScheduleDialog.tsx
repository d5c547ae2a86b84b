/** When a message goes out, or goes away; and what waits already. */

import { useSignal } from '@preact/signals'
import { serverNow } from '../data/clock'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { dateAndClock } from '../text/dates'
import { Button } from '../ui/Button'
import { Check } from '../ui/Check'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { typedInto } from '../ui/input'
import { toast } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import type { OwnRoom } from '../wire/contract'
import { inAnHour, nextMonday, tomorrow } from './later'
import { ScheduledList } from './ScheduledList'
import { t } from './words'

interface ScheduleDialogProps {
  room: OwnRoom
  text: string
  replyTo: number | null
  /** The place of the files that go with it. */
  tray: string
  expiresIn: number | null
  onExpire(seconds: number | null): void
  onScheduled(): void
}

const HOUR_S = 3600
const EXPIRIES = [
  ['expires_never', null],
  ['expires_hour', HOUR_S],
  ['expires_day', 24 * HOUR_S],
  ['expires_week', 7 * 24 * HOUR_S],
] as const

export function ScheduleDialog(props: ScheduleDialogProps) {
  const { room, text, replyTo, tray, expiresIn, onExpire, onScheduled } = props
  const chat = useChat()
  const typed = useSignal('')
  const form = useForm({})
  const files = chat.uploads.in(tray).value
  const empty = text.trim() === '' && files.length === 0
  const put = async (at: Date) => {
    const attachments = chat.uploads.ready(tray)
    if (attachments === null) throw new Error(t('files_first'))
    if (!(at.getTime() > serverNow() + 60_000)) throw new Error(t('too_soon'))
    await chat.ask('message.schedule', {
      room: room.id,
      text,
      post_at: at.getTime(),
      reply_to: replyTo,
      attachments,
      expires_in: expiresIn,
    })
    toast(t('scheduled_done', { when: dateAndClock(at.getTime()) }))
    onScheduled()
    closeDialog()
  }
  /** Once, however often it is pressed. */
  const schedule = (at: Date) => form.run(() => put(at))
  return (
    <Dialog title={t('later')} onClose={closeDialog}>
      <fieldset class="form schedule" disabled={empty}>
        <legend>{t('schedule')}</legend>
        <div class="form-acts schedule-presets">
          <Button onClick={() => schedule(inAnHour())}>{t('in_hour')}</Button>
          <Button onClick={() => schedule(tomorrow())}>{t('tomorrow')}</Button>
          <Button onClick={() => schedule(nextMonday())}>{t('monday')}</Button>
        </div>
        <Field
          label={t('at_time')}
          hint={t('time_zone', { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}
          type="datetime-local"
          problem={form.problem.value}
          {...typedInto(typed)}
        />
        <div class="form-acts">
          <Button
            kind="primary"
            disabled={typed.value === ''}
            onClick={() => schedule(new Date(typed.value))}
          >
            {t('schedule')}
          </Button>
        </div>
      </fieldset>
      <fieldset class="form schedule">
        <legend>{t('expires')}</legend>
        {EXPIRIES.map(([name, seconds]) => (
          <Check
            key={name}
            type="radio"
            name="expires"
            checked={expiresIn === seconds}
            onChange={() => {
              onExpire(seconds)
              closeDialog()
            }}
          >
            {t(name)}
          </Check>
        ))}
      </fieldset>
      <ScheduledList room={room.id} />
    </Dialog>
  )
}
