import { useSignal } from '@preact/signals'
import { askOnce } from '../data/connection'
import { Refused } from '../data/refusal'
import { screenLink } from '../shell/route'
import { socketUrl } from '../shell/session'
import { Button } from '../ui/Button'
import { Field } from '../ui/Field'
import { FormProblem } from '../ui/FormProblem'
import { Submit } from '../ui/Submit'
import { tried } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import type { PasskeyProof } from '../wire/contract'
import { useDoor } from './about'
import { Back } from './Back'
import { deviceName } from './device_name'
import { entered } from './entered'
import { beginSso } from './sso'
import { usePasskeys } from './usePasskeys'
import { useWait, Waiting } from './wait'
import { t } from './words'

interface SignInProps {
  onBack?: (() => void) | undefined
  /** Accepted once one is in. */
  invite: string
}

export function SignIn({ onBack, invite }: SignInProps) {
  const form = useForm({ name: '', password: '', code: '' })
  const second = useSignal(false)
  const wait = useWait()
  const door = useDoor().value
  const provider = door?.provider ?? null
  const enter = async (proof: PasskeyProof) =>
    entered(await askOnce(socketUrl, 'account.passkey_sign_in', { ...proof, device: deviceName() }), invite)
  const passkeys = usePasskeys((proof) => form.run(() => enter(proof)))
  const withPasskey = async () => {
    const proof = await passkeys.ask(!second.value)
    if (proof === null) throw new Error(t('no_passkey'))
    await (second.value ? signIn(proof) : enter(proof))
  }
  const signIn = async (passkey: PasskeyProof | null = null) => {
    const { name, password, code } = form.values
    try {
      const result = await wait.heeded(() =>
        askOnce(socketUrl, 'account.sign_in', {
          name: name.value.trim(),
          password: password.value,
          device: deviceName(),
          code: second.value && passkey === null ? code.value.trim() : null,
          passkey,
        }),
      )
      await entered(result, invite)
    } catch (error) {
      if (!(error instanceof Refused) || error.data.second_factor !== true || second.value) throw error
      second.value = true
    }
  }
  const startOver = () => {
    second.value = false
    form.values.code.value = ''
    form.problem.value = null
  }
  return (
    <>
      <h1>{t('sign_in')}</h1>
      <form class="form" onSubmit={form.submit(() => signIn())}>
        <div class={second.value ? 'form getting-in-behind' : 'form'}>
          <Field
            label={t('name')}
            name="name"
            autocomplete="username webauthn"
            required
            autofocus
            {...form.input('name')}
          />
          <Field
            label={t('password')}
            name="password"
            type="password"
            autocomplete="current-password"
            required
            {...form.input('password')}
          />
        </div>
        {second.value && (
          <Field
            label={t('code')}
            hint={t('code_hint')}
            name="code"
            autocomplete="one-time-code"
            inputMode="text"
            required
            autofocus
            problem={form.problem.value}
            {...form.input('code')}
          />
        )}
        {!second.value && <FormProblem problem={form.problem} />}
        <Waiting wait={wait} />
        <Submit
          form={form}
          kind="primary"
          disabled={wait.seconds.value > 0}
          act={second.value ? t('verify') : t('sign_in')}
        />
      </form>
      {passkeys.offered.value && (
        <Button disabled={form.busy.value} onClick={() => form.run(withPasskey)}>
          {second.value ? t('passkey_instead') : t('with_passkey')}
        </Button>
      )}
      {second.value && (
        <Button kind="quiet" onClick={startOver}>
          {t('start_over')}
        </Button>
      )}
      {provider !== null && !second.value && (
        <Button onClick={() => tried(() => beginSso(provider, invite))}>
          {t('sso', { name: provider.name })}
        </Button>
      )}
      {door?.about.set_up === false && <p>{t('not_set_up')}</p>}
      {door?.about.sign_up !== 'closed' && (
        <p>
          <a href={screenLink('sign-up', ...(invite === '' ? [] : [invite]))}>{t('no_account')}</a>
        </p>
      )}
      <details class="getting-in-help">
        <summary>{t('forgot')}</summary>
        <p>{t('forgot_text')}</p>
      </details>
      <Back onBack={onBack} />
    </>
  )
}
