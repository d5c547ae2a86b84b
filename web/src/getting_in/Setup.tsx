/** The first start: account, space, first room, and the link for the others. */

import { askOnce } from '../data/connection'
import { Refused } from '../data/refusal'
import { go, screenLink } from '../shell/route'
import { signedIn, socketUrl } from '../shell/session'
import { Field } from '../ui/Field'
import { FormProblem } from '../ui/FormProblem'
import { Submit } from '../ui/Submit'
import { useForm } from '../ui/useForm'
import { useDoor } from './about'
import { deviceName } from './device_name'

import { t } from './words'

export function Setup({ code }: { code: string }) {
  const used = useDoor().value?.about.set_up
  const form = useForm({ name: '', password: '', space: 'Team', room: t('first_room_name') })
  const setUp = async () => {
    const { name, password, space, room } = form.values
    const fields = {
      code,
      name: name.value,
      password: password.value,
      space: space.value,
      room: room.value,
    }
    await posted(fields)
    const result = await askOnce(socketUrl, 'account.sign_in', {
      name: fields.name,
      password: fields.password,
      device: deviceName(),
    })
    go(screenLink('welcome'), true)
    await signedIn(result)
  }
  const signIn = <a href={screenLink('sign-in')}>{t('have_account')}</a>
  if (used)
    return (
      <>
        <h1>{t('setup')}</h1>
        <p>{t('setup_used')}</p>
        <p>{signIn}</p>
      </>
    )
  return (
    <>
      <h1>{t('setup')}</h1>
      <p>{t('setup_text')}</p>
      <form class="form" onSubmit={form.submit(setUp)}>
        <Field
          label={t('name')}
          hint={t('name_hint')}
          name="name"
          autocomplete="username"
          required
          autofocus
          {...form.input('name')}
        />
        <Field
          label={t('new_password')}
          hint={t('password_hint')}
          name="password"
          type="password"
          autocomplete="new-password"
          required
          {...form.input('password')}
        />
        <Field label={t('space')} hint={t('space_hint')} name="space" required {...form.input('space')} />
        <Field
          label={t('first_room')}
          hint={t('first_room_hint')}
          name="room"
          required
          maxLength={80}
          {...form.input('room')}
        />
        <FormProblem problem={form.problem} />
        <Submit form={form} kind="primary" act={t('make')} />
      </form>
      <p>{signIn}</p>
    </>
  )
}

/** The form of the first start; rejects with the server's reason. */
async function posted(fields: Record<string, string>): Promise<void> {
  const answer = await fetch('/setup', {
    method: 'POST',
    headers: { Accept: 'application/json' },
    body: new URLSearchParams(fields),
  })
  if (answer.ok) return
  const { code, detail } = (await answer.json()) as { code: string; detail: string }
  throw new Refused(code, detail)
}
