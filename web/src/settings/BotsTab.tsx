import { useSignal } from '@preact/signals'
import { useChat } from '../shell/chat_context'
import { Button } from '../ui/Button'
import { Check } from '../ui/Check'
import { CopyField } from '../ui/CopyField'
import { confirmed } from '../ui/confirm'
import { Field } from '../ui/Field'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { Submit } from '../ui/Submit'
import { tried } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import { type Bot, SCOPES, type Scope } from '../wire/contract'
import { NewWebhook } from './NewWebhook'
import { t } from './words'

export function BotsTab() {
  const chat = useChat()
  const form = useForm({ name: '' })
  const scopes = useSignal<ReadonlySet<Scope>>(new Set(['read', 'post']))
  const token = useSignal<{ name: string; token: string } | null>(null)
  const pages = usePages(async () => ({ items: (await chat.ask('bot.list', {})).bots, next: null }), [], {
    concerns: (name) => name.startsWith('bot.'),
  })
  const create = async () => {
    const name = form.values.name.value
    const made = await chat.ask('bot.create', { name, scopes: [...scopes.value] })
    token.value = { name, token: made.token }
    form.values.name.value = ''
    pages.reload()
  }
  return (
    <>
      <section class="form">
        <h2>{t('tab_bots')}</h2>
        <p>{t('bots_text')}</p>
        {token.value !== null && (
          <section class="invite" aria-live="polite">
            <p>{t('token_once', { name: token.value.name })}</p>
            <CopyField text={token.value.token} label={t('token_of', { name: token.value.name })} />
          </section>
        )}
        <ul class="rows">
          {pages.items.value.map((bot) => (
            <BotRow
              key={bot.account}
              bot={bot}
              onChanged={pages.reload}
              onToken={(fresh) => {
                token.value = { name: bot.name, token: fresh }
              }}
            />
          ))}
        </ul>
        <PageEnd pages={pages} empty={t('no_bots')} />
      </section>
      <NewWebhook onMade={pages.reload} />
      <form class="form" onSubmit={form.submit(create)}>
        <h2>{t('new_bot')}</h2>
        <Field label={t('name')} required problem={form.problem.value} {...form.input('name')} />
        <Scopes
          chosen={scopes.value}
          onChange={(next) => {
            scopes.value = next
          }}
        />
        <div>
          <Submit form={form} kind="primary" act={t('new_bot')} />
        </div>
      </form>
    </>
  )
}

function Scopes({
  chosen,
  onChange,
}: {
  chosen: ReadonlySet<Scope>
  onChange(next: ReadonlySet<Scope>): void
}) {
  return (
    <fieldset class="form settings-choice">
      <legend>{t('scopes')}</legend>
      {SCOPES.map((scope) => (
        <Check
          key={scope}
          checked={chosen.has(scope)}
          onChange={(event) => {
            const next = new Set(chosen)
            if (event.currentTarget.checked) next.add(scope)
            else next.delete(scope)
            onChange(next)
          }}
        >
          {t(`scope_${scope}`)}
        </Check>
      ))}
    </fieldset>
  )
}

function BotRow({ bot, onChanged, onToken }: { bot: Bot; onChanged(): void; onToken(token: string): void }) {
  const chat = useChat()
  const { account, name } = bot
  const renew = async () => {
    const answer = await confirmed({ title: t('new_token'), text: t('new_token_text'), act: t('new_token') })
    if (answer) await tried(async () => onToken((await chat.ask('bot.token', { account })).token))
  }
  const remove = async () => {
    const answer = await confirmed({
      title: t('delete_bot'),
      text: t('delete_bot_text', { name }),
      act: t('delete_bot'),
      danger: true,
    })
    if (answer && (await tried(() => chat.ask('bot.delete', { account })))) onChanged()
  }
  return (
    <li class="row">
      <div class="row-about">
        <bdi>{bot.display_name}</bdi> <span class="row-note">@{name}</span>
        <p class="row-note">{bot.scopes.map((scope) => t(`scope_${scope}`)).join(' · ')}</p>
      </div>
      <Button onClick={renew}>{t('new_token')}</Button>
      <Button kind="danger" onClick={remove}>
        {t('delete_bot')}
      </Button>
    </li>
  )
}
