/** What waits to be sent in a room, and what could not be; each can be changed or taken back. */

import { useSignal } from '@preact/signals'
import { serverNow } from '../data/clock'
import { useChat } from '../shell/chat_context'
import { dateAndClock } from '../text/dates'
import { Button } from '../ui/Button'
import { Field } from '../ui/Field'
import { typedInto } from '../ui/input'
import { Submit } from '../ui/Submit'
import { tried } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import { t as ui } from '../ui/words'
import type { ScheduledMessage } from '../wire/contract'
import { localInput } from './later'
import { rescheduled, scheduledOf } from './scheduled'
import { t } from './words'

/** `titled`: what stands around it says already what it is. */
export function ScheduledList({ room, titled = false }: { room: string; titled?: boolean }) {
  const chat = useChat()
  const list = scheduledOf(chat).value.filter((one) => one.room === room)
  return (
    <section class="form">
      {!titled && <h3>{t('scheduled_title')}</h3>}
      {list.length === 0 && <p class="schedule-note">{t('nothing_scheduled')}</p>}
      {list.map((one) => (
        <Scheduled key={one.id} one={one} />
      ))}
    </section>
  )
}

function Scheduled({ one }: { one: ScheduledMessage }) {
  const chat = useChat()
  const open = useSignal(false)
  const remove = () => tried(() => chat.ask('message.unschedule', { scheduled: one.id }))
  if (open.value)
    return (
      <Change
        one={one}
        onEnd={() => {
          open.value = false
        }}
      />
    )
  return (
    <div class="schedule-row">
      <p dir="auto">{one.text}</p>
      {one.attachments.length > 0 && (
        <p class="schedule-note">{t('files_stay', { count: one.attachments.length })}</p>
      )}
      <p class="schedule-note">
        {one.failed === null ? dateAndClock(one.post_at) : t('scheduled_failed', { reason: one.failed })}
      </p>
      <div class="form-acts">
        <Button
          onClick={() => {
            open.value = true
          }}
        >
          {t('change')}
        </Button>
        <Button kind="danger" onClick={remove}>
          {t('take_back')}
        </Button>
      </div>
    </div>
  )
}

function Change({ one, onEnd }: { one: ScheduledMessage; onEnd(): void }) {
  const chat = useChat()
  const text = useSignal(one.text)
  const at = useSignal(localInput(new Date(Math.max(one.post_at, serverNow() + 3_600_000))))
  const form = useForm({})
  const save = async () => {
    const post_at = new Date(at.value).getTime()
    if (!(post_at > serverNow() + 60_000)) throw new Error(t('too_soon'))
    await rescheduled(chat, one, text.value, post_at)
    onEnd()
  }
  return (
    <form class="form schedule-row" onSubmit={form.submit(save)}>
      <label class="schedule-change">
        {t('text')}
        <textarea dir="auto" rows={3} {...typedInto(text)} />
      </label>
      <Field
        label={t('at_time')}
        hint={t('time_zone', { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}
        type="datetime-local"
        problem={form.problem.value}
        {...typedInto(at)}
      />
      <div class="form-acts">
        <Button kind="quiet" onClick={onEnd}>
          {ui('cancel')}
        </Button>
        <Submit form={form} kind="primary" act={ui('save')} />
      </div>
    </form>
  )
}
