/** A form that makes an incoming webhook, and shows its address and how to try it. */

import { useSignal } from '@preact/signals'
import { Select } from '../manage/Select'
import { useChat } from '../shell/chat_context'
import { dateTime } from '../text/dates'
import { CopyField } from '../ui/CopyField'
import { Field } from '../ui/Field'
import { Submit } from '../ui/Submit'
import { useForm } from '../ui/useForm'
import { makeWebhook, type Webhook } from './webhook'
import { t } from './webhook_words'

export function NewWebhook({ onMade }: { onMade(): void }) {
  const chat = useChat()
  const form = useForm({ name: '' })
  const room = useSignal('')
  const made = useSignal<Webhook | null>(null)
  const spaces = new Map(chat.store.spaces.all().map(({ id, name }) => [id, name]))
  const rooms = chat.store.rooms
    .all()
    .filter(({ kind, archived, space }) => kind !== 'direct' && !archived && space !== null)
  const make = async () => {
    const chosen = rooms.find(({ id }) => id === room.value)
    if (chosen === undefined) throw new Error(t('choose_room'))
    made.value = await makeWebhook(chat, location.origin, chosen, form.values.name.value)
    form.values.name.value = ''
    onMade()
  }
  return (
    <form class="form" onSubmit={form.submit(make)}>
      <h2>{t('webhook')}</h2>
      <p>{t('webhook_text')}</p>
      <Select
        label={t('room')}
        value={room.value}
        options={[
          ['', t('choose_room')],
          ...rooms.map(({ id, name, space }): [string, string] => [
            id,
            spaces.size > 1 ? `${name} · ${spaces.get(space as string) ?? ''}` : name,
          ]),
        ]}
        onPick={(value) => {
          room.value = value
        }}
      />
      <Field
        label={t('name')}
        hint={t('name_hint')}
        required
        problem={form.problem.value}
        {...form.input('name')}
      />
      <div>
        <Submit form={form} kind="primary" act={t('make')} />
      </div>
      {made.value !== null && <Made webhook={made.value} />}
    </form>
  )
}

function Made({ webhook: { address, expiresAt } }: { webhook: Webhook }) {
  return (
    <section class="invite" aria-live="polite">
      <p>{t('address_once')}</p>
      <CopyField text={address} label={t('address')} />
      <p>{t('try_it')}</p>
      <CopyField
        text={`curl ${address} -H 'Content-Type: application/json' -d '{"text": "${t('sample')}"}'`}
        label={t('command')}
      />
      <p class="row-note">{t('until', { when: dateTime(expiresAt) })}</p>
    </section>
  )
}
