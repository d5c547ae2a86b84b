/** All accounts of the server. */

import { useSignal } from '@preact/signals'
import { useChat } from '../shell/chat_context'
import { dateAndClock } from '../text/dates'
import { Button } from '../ui/Button'
import { Check } from '../ui/Check'
import { CopyField } from '../ui/CopyField'
import { Field } from '../ui/Field'
import { tickedInto } from '../ui/input'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { Submit } from '../ui/Submit'
import { useForm } from '../ui/useForm'
import type { RecoveryLink } from '../wire/contract'
import { AccountRow } from './AccountRow'
import { t } from './words'

/** A link that sets somebody's password, to be handed to them. */
export interface LinkFor {
  readonly name: string
  readonly link: RecoveryLink
}

export function AccountsTab() {
  const chat = useChat()
  const wanted = useForm({ name: '' })
  const name = useSignal('')
  const handed = useSignal<LinkFor | null>(null)
  const pages = usePages(
    async (after) => {
      const { accounts, next } = await chat.ask('account.list', { after, name: name.value || null })
      return { items: accounts, next }
    },
    [name.value],
  )
  const find = async () => {
    name.value = wanted.values.name.value.trim().replace(/^@/, '')
  }
  return (
    <>
      <h2>{t('tab_accounts')}</h2>
      {handed.value !== null && (
        <section class="invite" aria-live="polite">
          <p>
            {t('link_for', { name: handed.value.name, when: dateAndClock(handed.value.link.expires_at) })}
          </p>
          <CopyField text={handed.value.link.url} label={t('recovery_link')} />
        </section>
      )}
      <form class="form manage-inline" onSubmit={wanted.submit(find)}>
        <Field
          label={t('find')}
          hint={t('find_hint')}
          type="search"
          autocomplete="off"
          maxLength={80}
          {...wanted.input('name')}
        />
        <div>
          <Button type="submit">{t('find_now')}</Button>
        </div>
      </form>
      <ul class="rows">
        {pages.items.value.map((account) => (
          <AccountRow
            key={account.id}
            account={account}
            onChanged={pages.reload}
            onLink={(link) => {
              handed.value = link
            }}
          />
        ))}
      </ul>
      <PageEnd pages={pages} empty={t(name.value === '' ? 'no_accounts' : 'none_named')} />
      <NewAccount
        onMade={(link) => {
          handed.value = link
          pages.reload()
        }}
      />
    </>
  )
}

function NewAccount({ onMade }: { onMade(link: LinkFor): void }) {
  const chat = useChat()
  const form = useForm({ name: '', display_name: '' })
  const admin = useSignal(false)
  const create = async () => {
    const { account } = await chat.ask('account.create', {
      name: form.values.name.value.trim(),
      display_name: form.values.display_name.value.trim() || null,
      admin: admin.value,
    })
    const link = await chat.ask('account.recovery_link', { account: account.id })
    form.values.name.value = ''
    form.values.display_name.value = ''
    admin.value = false
    onMade({ name: account.name, link })
  }
  return (
    <form class="form" onSubmit={form.submit(create)}>
      <h2>{t('new_account')}</h2>
      <p>{t('new_account_text')}</p>
      <Field
        label={t('name')}
        required
        autocomplete="off"
        problem={form.problem.value}
        {...form.input('name')}
      />
      <Field label={t('display_name')} maxLength={80} autocomplete="off" {...form.input('display_name')} />
      <Check {...tickedInto(admin)}>{t('runs_server')}</Check>
      <div>
        <Submit form={form} kind="primary" act={t('new_account')} />
      </div>
    </form>
  )
}
