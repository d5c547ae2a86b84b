import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { holds } from '../data/rights'
import { useChat } from '../shell/chat_context'
import { fromHere } from '../shell/route'
import { dateTime } from '../text/dates'
import { Button } from '../ui/Button'
import { confirmed } from '../ui/confirm'
import { Field } from '../ui/Field'
import { FormProblem } from '../ui/FormProblem'
import { Submit } from '../ui/Submit'
import { toast, tried } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import { t as ui } from '../ui/words'
import type { SpaceDetail } from '../wire/contract'
import { Person } from './Person'
import { Retention } from './Retention'
import type { TabProps } from './SpaceScreen'
import { t } from './words'

export function OverviewTab({ space }: TabProps) {
  const chat = useChat()
  const detail = useSignal<SpaceDetail | null>(null)
  const form = useForm({ name: space.name, description: space.description ?? '' })
  const mayUpdate = holds(space.role, 'space.update')
  useEffect(() => {
    void tried(async () => {
      detail.value = (await chat.ask('space.get', { space: space.id })).space
    })
  }, [space.id])
  const save = async () => {
    await chat.ask('space.update', { space: space.id, ...form.changes() })
    toast(t('saved'))
  }
  const lock = async () => {
    const question = space.locked
      ? { title: t('unlock_space'), text: t('unlock_space_text'), act: t('unlock'), reason: true }
      : { title: t('lock_space'), text: t('lock_space_text'), act: t('lock'), reason: true, danger: true }
    const answer = await confirmed(question)
    if (answer)
      void tried(() => chat.ask(space.locked ? 'space.unlock' : 'space.lock', { space: space.id, ...answer }))
  }
  const remove = async () => {
    const answer = await confirmed({
      title: t('delete_space'),
      text: t('delete_space_text', { name: space.name }),
      act: t('delete'),
      danger: true,
      reason: true,
      typed: space.name,
    })
    const leave = fromHere()
    if (answer && (await tried(() => chat.ask('space.delete', { space: space.id, ...answer })))) leave('#/')
  }
  return (
    <>
      <form class="form" onSubmit={form.submit(save)}>
        <Field label={t('space_name')} disabled={!mayUpdate} {...form.input('name')} />
        <Field label={t('description')} rows={3} disabled={!mayUpdate} {...form.input('description')} />
        <FormProblem problem={form.problem} />
        {mayUpdate && (
          <div>
            <Submit form={form} kind="primary" act={ui('save')} />
          </div>
        )}
      </form>
      {detail.value !== null && (
        <dl class="facts">
          <dt>{t('members')}</dt>
          <dd>{detail.value.members}</dd>
          <dt>{t('created')}</dt>
          <dd>{dateTime(detail.value.created_at)}</dd>
          <dt>{t('owner')}</dt>
          <dd>{detail.value.owner === null ? '–' : <Person account={detail.value.owner} />}</dd>
          <dt>{t('your_role')}</dt>
          <dd>{t(`role_${space.role ?? 'member'}`)}</dd>
        </dl>
      )}
      <Retention
        key={`${space.keep_days}`}
        place={{ space: space.id }}
        keepDays={space.keep_days}
        hold={space.hold}
        may={holds(space.role, 'space.set_retention')}
      />
      <div class="form-acts manage-acts">
        {holds(space.role, 'space.lock') && (
          <Button onClick={lock}>{space.locked ? t('unlock_space') : t('lock_space')}</Button>
        )}
        {holds(space.role, 'space.delete') && (
          <Button kind="danger" onClick={remove}>
            {t('delete_space')}
          </Button>
        )}
      </div>
    </>
  )
}
