/** What a room allows and denies beyond the roles. Before a change it says who gains and who loses the right. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { said } from '../i18n/said'
import { directoryOf } from '../people/directory'
import { useChat } from '../shell/chat_context'
import { Button } from '../ui/Button'
import { Field } from '../ui/Field'
import { typedInto } from '../ui/input'
import { toast, tried } from '../ui/toasts'
import {
  BOUND_ROLES,
  type BoundRole,
  type Member,
  type OverrideSet,
  type OwnSpace,
  type RightOverride,
  SHOWING_RIGHTS,
  type ShowingRight,
} from '../wire/contract'
import { Person } from './Person'
import { Select } from './Select'
import { t } from './words'

interface Draft {
  readonly right: ShowingRight
  readonly role: BoundRole | null
  readonly account: string | null
  /** null takes the override away. */
  readonly allow: boolean | null
}

export function Overrides({ room, space }: { room: string; space: OwnSpace }) {
  const chat = useChat()
  const overrides = useSignal<readonly RightOverride[]>([])
  const right = useSignal<ShowingRight>('message.post')
  const about = useSignal<string>('member')
  const allow = useSignal('false')
  const reason = useSignal('')
  const preview = useSignal<{ draft: Draft; effect: OverrideSet } | null>(null)
  const problem = useSignal<string | null>(null)
  const { people } = directoryOf(chat).value as { people: ReadonlyMap<string, Member> }
  const load = () =>
    tried(async () => {
      overrides.value = (await chat.ask('room.get', { room })).room.overrides ?? []
    })
  useEffect(() => void load(), [room, space.id])
  const look = async (draft: Draft) => {
    problem.value = null
    preview.value = null
    try {
      preview.value = { draft, effect: await chat.ask('room.override', { room, ...draft, dry_run: true }) }
    } catch (error) {
      problem.value = said(error as Error)
    }
  }
  const apply = async () => {
    const draft = preview.value?.draft
    if (draft === undefined) return
    if (
      await tried(() => chat.ask('room.override', { room, ...draft, reason: reason.value.trim() || null }))
    ) {
      toast(t('done'))
      preview.value = null
      reason.value = ''
      await load()
    }
  }
  const isRole = (BOUND_ROLES as readonly string[]).includes(about.value)
  const drawn = (): Draft => ({
    right: right.value,
    role: isRole ? (about.value as BoundRole) : null,
    account: isRole ? null : about.value,
    allow: allow.value === 'true',
  })
  return (
    <section class="form">
      <h2>{t('overrides')}</h2>
      <ul class="rows">
        {overrides.value.map((one) => (
          <li key={`${one.right}${one.role}${one.account}`} class="row">
            <div class="row-about">
              {t(`right_${one.right}`)} ·{' '}
              {one.role ? t(`role_${one.role}`) : <Person account={one.account as string} />} ·{' '}
              <strong>{one.allow ? t('allowed') : t('denied')}</strong>
            </div>
            <Button
              onClick={() =>
                look({ right: one.right, role: one.role ?? null, account: one.account ?? null, allow: null })
              }
            >
              {t('take_away')}
            </Button>
          </li>
        ))}
      </ul>
      {overrides.value.length === 0 && <p class="row-note">{t('no_overrides')}</p>}
      <div class="manage-inline form">
        <Select
          label={t('right')}
          value={right.value}
          options={SHOWING_RIGHTS.map((one) => [one, t(`right_${one}`)])}
          onPick={(value) => {
            right.value = value as ShowingRight
          }}
        />
        <Select
          label={t('for_whom')}
          value={about.value}
          options={[
            ...BOUND_ROLES.map((role): [string, string] => [role, t(`role_${role}`)]),
            ...[...people.values()].map(({ account, display_name }): [string, string] => [
              account,
              display_name,
            ]),
          ]}
          onPick={(value) => {
            about.value = value
          }}
        />
        <Select
          label={t('verdict')}
          value={allow.value}
          options={[
            ['true', t('allow')],
            ['false', t('deny')],
          ]}
          onPick={(value) => {
            allow.value = value
          }}
        />
        <div>
          <Button onClick={() => look(drawn())}>{t('preview')}</Button>
        </div>
      </div>
      {problem.value !== null && (
        <p class="form-problem" role="alert">
          {problem.value}
        </p>
      )}
      {preview.value !== null && (
        <section class="preview" aria-live="polite" aria-label={t('preview')}>
          <Effect title={t('gains')} accounts={preview.value.effect.gains ?? []} />
          <Effect title={t('loses')} accounts={preview.value.effect.loses ?? []} />
          <Field label={t('reason')} maxLength={500} {...typedInto(reason)} />
          <div class="form-acts">
            <Button
              kind="quiet"
              onClick={() => {
                preview.value = null
              }}
            >
              {t('not_now')}
            </Button>
            <Button kind="primary" onClick={apply}>
              {t('apply')}
            </Button>
          </div>
        </section>
      )}
    </section>
  )
}

function Effect({ title, accounts }: { title: string; accounts: readonly string[] }) {
  return (
    <p>
      <strong>{title}</strong>{' '}
      {accounts.length === 0
        ? t('none')
        : accounts.map((account) => <Person key={account} account={account} />)}
    </p>
  )
}
