import { useSignal } from '@preact/signals'
import { save } from '../manage/export'
import { useChat } from '../shell/chat_context'
import { signOut } from '../shell/session'
import { Button } from '../ui/Button'
import { Field } from '../ui/Field'
import { FormProblem } from '../ui/FormProblem'
import { Submit } from '../ui/Submit'
import { toast, tried } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import type { ExportPage } from '../wire/contract'
import { Password } from './Password'
import { t } from './words'

export function DataTab() {
  const chat = useChat()
  const seen = useSignal<number | null>(null)
  const form = useForm({ name: '', password: '' })
  const name = chat.store.account.value?.name ?? ''
  const exportAll = () =>
    tried(async () => {
      const parts: Blob[] = []
      let after: string | null = null
      seen.value = 0
      try {
        do {
          const page: ExportPage = await chat.ask('account.export', { after }, 60_000)
          parts.push(new Blob(page.items.map((item) => `${JSON.stringify(item)}\n`)))
          seen.value += page.items.length
          after = page.next
        } while (after !== null)
        save(new Blob(parts, { type: 'application/x-ndjson' }), `${name}.jsonl`)
      } finally {
        seen.value = null
      }
    })
  const remove = async () => {
    const account = chat.me
    await chat.ask('account.delete', { password: form.values.password.value || null }, 120_000)
    await signOut(account)
    toast(t('account_deleted'))
  }
  return (
    <>
      <section class="form">
        <h2>{t('export')}</h2>
        <p>{t('export_text')}</p>
        <div>
          <Button disabled={seen.value !== null} onClick={exportAll}>
            {seen.value === null ? t('export') : t('exporting', { count: seen.value })}
          </Button>
        </div>
      </section>
      <form class="form" onSubmit={form.submit(remove)}>
        <h2>{t('delete_account')}</h2>
        <p>{t('delete_account_text')}</p>
        <Field label={t('type_name', { name })} autocomplete="off" {...form.input('name')} />
        <Password form={form} optional />
        <FormProblem problem={form.problem} />
        <div>
          <Submit
            form={form}
            kind="danger"
            disabled={form.values.name.value !== name}
            act={t('delete_account')}
          />
        </div>
      </form>
    </>
  )
}
