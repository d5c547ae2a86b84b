import { useChat } from '../shell/chat_context'
import { Check } from '../ui/Check'
import { Field } from '../ui/Field'
import { FormProblem } from '../ui/FormProblem'
import { Submit } from '../ui/Submit'
import { toast, tried } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import { t as ui } from '../ui/words'
import { fromMinutes, toMinutes } from './minutes'
import { t } from './words'

export function NotificationsTab() {
  const preferences = useChat().store.preferences.value
  if (preferences === null) return <p aria-busy="true">{ui('loading')}</p>
  return <Quiet />
}

function Quiet() {
  const chat = useChat()
  const { quiet_from, quiet_to, receipts } = chat.store.preferences.value!
  const form = useForm({ from: fromMinutes(quiet_from), to: fromMinutes(quiet_to) })
  const save = async () => {
    const from = toMinutes(form.values.from.value)
    const to = toMinutes(form.values.to.value)
    if ((from === null) !== (to === null)) throw new Error(t('quiet_both'))
    await chat.ask('preferences.update', {
      // The same twice means that there are none.
      quiet_from: from ?? 0,
      quiet_to: to ?? from ?? 0,
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    })
    toast(t('saved'))
  }
  return (
    <>
      <form class="form" onSubmit={form.submit(save)}>
        <h2>{t('quiet')}</h2>
        <p>{t('quiet_text')}</p>
        <div class="form manage-inline">
          <Field label={t('quiet_from')} type="time" {...form.input('from')} />
          <Field label={t('quiet_to')} type="time" {...form.input('to')} />
          <div>
            <Submit form={form} act={ui('save')} />
          </div>
          <FormProblem problem={form.problem} />
        </div>
      </form>
      <Check
        checked={receipts}
        onChange={(event) =>
          tried(() => chat.ask('preferences.update', { receipts: event.currentTarget.checked }))
        }
      >
        {t('show_receipts')}
      </Check>
    </>
  )
}
