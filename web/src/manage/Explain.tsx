/** What somebody may do in a room and why; and who sees the room, now or at an earlier time. */

import { useSignal } from '@preact/signals'
import { directoryOf } from '../people/directory'
import { useChat } from '../shell/chat_context'
import { Field } from '../ui/Field'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { tried } from '../ui/toasts'
import type { AccessExplained, Member, Right, Verdict } from '../wire/contract'
import { Person } from './Person'
import { Select } from './Select'
import { t } from './words'

export function Explain({ room }: { room: string }) {
  const chat = useChat()
  const account = useSignal('')
  const explained = useSignal<AccessExplained | null>(null)
  const at = useSignal('')
  const { people } = directoryOf(chat).value as { people: ReadonlyMap<string, Member> }
  const explain = (id: string) => {
    account.value = id
    explained.value = null
    if (id !== '')
      void tried(async () => {
        explained.value = await chat.ask('access.explain', { account: id, room })
      })
  }
  const viewers = usePages(
    async (after) => {
      const time = at.value === '' ? null : new Date(at.value).getTime()
      const { accounts, next } = await chat.ask('access.list', { room, at: time, after })
      return { items: accounts, next }
    },
    [room, at.value],
  )
  return (
    <section class="form">
      <h2>{t('explain')}</h2>
      <Select
        label={t('person')}
        value={account.value}
        options={[
          ['', t('choose_person')],
          ...[...people.values()].map((one): [string, string] => [one.account, one.display_name]),
        ]}
        onPick={explain}
      />
      {explained.value !== null && (
        <ul class="rows">
          <VerdictRow name={t('sees')} verdict={explained.value.sees} />
          {Object.entries(explained.value.rights).map(([right, verdict]) => (
            <VerdictRow key={right} name={t(`right_${right as Right}`)} verdict={verdict as Verdict} />
          ))}
        </ul>
      )}
      <h2>{t('who_sees')}</h2>
      <Field
        label={t('at_time')}
        hint={t('at_time_hint')}
        type="datetime-local"
        value={at.value}
        onChange={(event) => {
          at.value = event.currentTarget.value
        }}
      />
      <ul class="rows">
        {viewers.items.value.map((viewer) => (
          <li key={viewer.account} class="row">
            <div class="row-about">
              <Person account={viewer.account} />
              <span class="row-note">
                {t(`role_${viewer.role}`)}
                {viewer.member && ` · ${t('in_room')}`}
                {viewer.disabled && ` · ${t('disabled')}`}
              </span>
            </div>
          </li>
        ))}
      </ul>
      <PageEnd pages={viewers} empty={t('nobody')} />
    </section>
  )
}

function VerdictRow({ name, verdict }: { name: string; verdict: Verdict }) {
  return (
    <li class="row">
      <div class="row-about">
        <strong>{verdict.allowed ? t('yes') : t('no')}</strong> · {name}
        <p class="row-note">{verdict.because}</p>
      </div>
    </li>
  )
}
