/** Identities of a provider of single sign-on that sign this account in. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import { dateAndClock } from '../text/dates'
import { Button } from '../ui/Button'
import { Submit } from '../ui/Submit'
import { tried } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import type { Identity, IdentityProvider } from '../wire/contract'
import { Password } from './Password'
import { t } from './words'

export function Identities() {
  const chat = useChat()
  const provider = useSignal<IdentityProvider | null>(null)
  const list = useSignal<readonly Identity[]>([])
  const form = useForm({ password: '' })
  const load = () =>
    tried(async () => {
      const [offered, known] = await Promise.all([
        chat.ask('identity.provider', {}),
        chat.ask('identity.list', {}),
      ])
      provider.value = offered.provider
      list.value = known.identities
    })
  useEffect(() => void load(), [])
  if (provider.value === null && list.value.length === 0) return null
  const password = () => form.values.password.value || null
  const begin = async () => location.assign((await chat.ask('identity.begin', { password: password() })).url)
  const remove = ({ issuer, subject }: Identity) =>
    form.submit(async () => {
      await chat.ask('identity.remove', { issuer, subject, password: password() })
      await load()
    })
  return (
    <form class="form" onSubmit={form.submit(begin)}>
      <h2>{t('identities')}</h2>
      <Password form={form} problem={form.problem.value} optional />
      <ul class="rows">
        {list.value.map((identity) => (
          <li key={`${identity.issuer}${identity.subject}`} class="row">
            <div class="row-about">
              {identity.issuer}
              <p class="row-note">
                {identity.subject} · {dateAndClock(identity.at)}
              </p>
            </div>
            <Button kind="danger" onClick={remove(identity)}>
              {t('remove')}
            </Button>
          </li>
        ))}
      </ul>
      {provider.value !== null && (
        <div>
          <Submit form={form} act={t('link_identity', { name: provider.value.name })} />
        </div>
      )}
    </form>
  )
}
