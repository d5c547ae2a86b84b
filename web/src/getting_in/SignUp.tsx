import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { askOnce } from '../data/connection'
import { screenLink } from '../shell/route'
import { socketUrl } from '../shell/session'
import { codeIn } from '../sidebar/invite_code'
import { Field } from '../ui/Field'
import { FormProblem } from '../ui/FormProblem'
import { Submit } from '../ui/Submit'
import { useForm } from '../ui/useForm'
import { useDoor } from './about'
import { Back } from './Back'
import { deviceName } from './device_name'
import { entered, offerRooms } from './entered'
import { useWait, Waiting } from './wait'
import { t } from './words'

interface SignUpProps {
  /** The code in the link that led here; empty without one. */
  invite: string
  onBack?: (() => void) | undefined
}

export function SignUp({ invite, onBack }: SignUpProps) {
  const form = useForm({ display_name: '', name: '', password: '', invite: '' })
  const wait = useWait()
  const mode = useDoor().value?.about.sign_up
  const over = useSignal(false)
  useEffect(() => {
    over.value = false
    if (invite !== '')
      askOnce(socketUrl, 'invite.check', { code: invite }).then(
        ({ usable }) => {
          over.value = !usable
        },
        () => undefined, // the form says what is wrong when it is sent
      )
  }, [invite])
  const signUp = async () => {
    const { display_name, name, password } = form.values
    const code = invite || codeIn(form.values.invite.value)
    const result = await wait.heeded(() =>
      askOnce(socketUrl, 'account.sign_up', {
        name: name.value.trim(),
        password: password.value,
        display_name: display_name.value.trim() || null,
        device: deviceName(),
        invite: code || null,
      }),
    )
    await entered(result)
    if (code !== '') offerRooms()
  }
  const signIn = (
    <p>
      <a href={screenLink('sign-in', ...(invite === '' ? [] : [invite]))}>{t('have_account')}</a>
    </p>
  )
  if (mode === 'closed')
    return (
      <>
        <h1>{t('sign_up')}</h1>
        <p>{t('sign_up_closed')}</p>
        {signIn}
        <Back onBack={onBack} />
      </>
    )
  if (over.value)
    return (
      <>
        <h1>{t('invite_over')}</h1>
        <p role="alert">{t('invite_over_text')}</p>
        {mode === 'open' && (
          <p>
            <a href={screenLink('sign-up')}>{t('no_account')}</a>
          </p>
        )}
        {signIn}
        <Back onBack={onBack} />
      </>
    )
  return (
    <>
      <h1>{invite === '' ? t('sign_up') : t('invited')}</h1>
      {invite !== '' && <p>{t('invited_text')}</p>}
      <form class="form" onSubmit={form.submit(signUp)}>
        <Field
          label={t('display_name')}
          hint={t('display_name_hint')}
          name="display_name"
          autocomplete="name"
          maxLength={80}
          autofocus
          {...form.input('display_name')}
        />
        <Field
          label={t('name')}
          hint={t('name_hint')}
          name="name"
          autocomplete="username"
          required
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
        {invite === '' && (
          <Field
            label={t('invite')}
            hint={mode === 'open' ? t('invite_optional') : t('invite_hint')}
            name="invite"
            autocomplete="off"
            required={mode === 'invite'}
            {...form.input('invite')}
          />
        )}
        <FormProblem problem={form.problem} />
        <Waiting wait={wait} />
        <Submit form={form} kind="primary" disabled={wait.seconds.value > 0} act={t('sign_up')} />
      </form>
      {signIn}
      <Back onBack={onBack} />
    </>
  )
}
