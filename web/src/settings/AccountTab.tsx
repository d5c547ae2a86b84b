import { useChat } from '../shell/chat_context'
import { Field } from '../ui/Field'
import { FormProblem } from '../ui/FormProblem'
import { Submit } from '../ui/Submit'
import { toast } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import { Password } from './Password'
import { t } from './words'

export function AccountTab() {
  return (
    <>
      <Rename />
      <ChangePassword />
    </>
  )
}

function Rename() {
  const chat = useChat()
  const form = useForm({ name: chat.store.account.value?.name ?? '', password: '' })
  const rename = async () => {
    await chat.ask('account.rename', {
      name: form.values.name.value,
      password: form.values.password.value || null,
    })
    form.values.password.value = ''
    toast(t('saved'))
  }
  return (
    <form class="form" onSubmit={form.submit(rename)}>
      <h2>{t('rename')}</h2>
      <Field
        label={t('name')}
        hint={t('name_hint')}
        autocomplete="username"
        required
        {...form.input('name')}
      />
      <Password form={form} optional />
      <FormProblem problem={form.problem} />
      <div>
        <Submit form={form} act={t('rename')} />
      </div>
    </form>
  )
}

function ChangePassword() {
  const chat = useChat()
  const form = useForm({ old: '', new: '' })
  const change = async () => {
    await chat.ask('account.change_password', { old: form.values.old.value, new: form.values.new.value })
    form.values.old.value = ''
    form.values.new.value = ''
    toast(t('password_changed'))
  }
  return (
    <form class="form" onSubmit={form.submit(change)}>
      <h2>{t('change_password')}</h2>
      <Field
        label={t('old_password')}
        type="password"
        autocomplete="current-password"
        required
        {...form.input('old')}
      />
      <Field
        label={t('new_password')}
        type="password"
        autocomplete="new-password"
        hint={t('password_hint')}
        required
        {...form.input('new')}
      />
      <FormProblem problem={form.problem} />
      <div>
        <Submit form={form} act={t('change_password')} />
      </div>
    </form>
  )
}
