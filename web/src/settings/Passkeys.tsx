/** Passkeys of one's own: keys of a device or a password manager that sign in without a password. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { deviceName } from '../getting_in/device_name'

import { canPasskey, made } from '../getting_in/passkey'
import { useChat } from '../shell/chat_context'
import { closeDialog, openDialog } from '../shell/dialog'
import { dateAndClock } from '../text/dates'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { FormProblem } from '../ui/FormProblem'
import { Submit, type SubmitProps } from '../ui/Submit'
import { tried } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import { t as ui } from '../ui/words'
import type { Passkey } from '../wire/contract'
import { Password } from './Password'
import { t } from './words'

export function Passkeys() {
  const chat = useChat()
  const list = useSignal<readonly Passkey[]>([])
  const load = () =>
    tried(async () => {
      list.value = (await chat.ask('passkey.list', {})).passkeys
    })
  useEffect(() => void load(), [])
  const end = (changed: boolean) => {
    closeDialog()
    if (changed) void load()
  }
  return (
    <section class="form">
      <h2>{t('passkeys')}</h2>
      <p>{t('passkeys_text')}</p>
      <ul class="rows">
        {list.value.map((passkey) => (
          <li key={passkey.id} class="row">
            <div class="row-about">
              <bdi>{passkey.name}</bdi>
              <p class="row-note">
                {passkey.used_at === null
                  ? t('passkey_made', { when: dateAndClock(passkey.created_at) })
                  : t('passkey_used', { when: dateAndClock(passkey.used_at) })}
                {passkey.rp !== location.hostname && ` · ${passkey.rp}`}
              </p>
            </div>
            <Button onClick={() => openDialog(<Rename passkey={passkey} onEnd={end} />)}>
              {t('passkey_rename')}
            </Button>
            <Button kind="danger" onClick={() => openDialog(<Remove passkey={passkey} onEnd={end} />)}>
              {t('remove')}
            </Button>
          </li>
        ))}
      </ul>
      <div>
        {canPasskey() ? (
          <Button onClick={() => openDialog(<Add onEnd={end} />)}>{t('passkey_add')}</Button>
        ) : (
          <p class="row-note">{t('passkeys_missing')}</p>
        )}
      </div>
    </section>
  )
}

interface Asked {
  passkey: Passkey
  onEnd(changed: boolean): void
}

function Add({ onEnd }: Pick<Asked, 'onEnd'>) {
  const chat = useChat()
  const form = useForm({ name: deviceName(), password: '' })
  const add = async () => {
    const { name, password } = form.values
    const { account } = chat.store
    const begun = await chat.ask('passkey.begin', {
      password: password.value || null,
      host: location.hostname,
    })
    const passkey = await made(begun, account.value ?? { name: '', display_name: '' }).catch(
      (error: Error) => {
        throw error.name === 'InvalidStateError' ? new Error(t('passkey_there')) : error
      },
    )
    if (passkey === null) throw new Error(t('passkey_not_made'))
    await chat.ask('passkey.add', { ...passkey, name: name.value.trim() || null })
    onEnd(true)
  }
  return (
    <Dialog title={t('passkey_add')} onClose={() => onEnd(false)}>
      <form class="form" onSubmit={form.submit(add)}>
        <Field
          label={t('passkey_name')}
          hint={t('passkey_name_hint')}
          maxLength={80}
          autocomplete="off"
          {...form.input('name')}
        />
        <Password form={form} optional />
        <FormProblem problem={form.problem} />
        <Acts act={t('passkey_go')} form={form} onEnd={onEnd} />
      </form>
    </Dialog>
  )
}

function Rename({ passkey, onEnd }: Asked) {
  const chat = useChat()
  const form = useForm({ name: passkey.name })
  const rename = async () => {
    await chat.ask('passkey.rename', { passkey: passkey.id, name: form.values.name.value.trim() })
    onEnd(true)
  }
  return (
    <Dialog title={t('passkey_rename')} onClose={() => onEnd(false)}>
      <form class="form" onSubmit={form.submit(rename)}>
        <Field
          label={t('passkey_name')}
          maxLength={80}
          required
          autocomplete="off"
          problem={form.problem.value}
          {...form.input('name')}
        />
        <Acts act={ui('save')} form={form} onEnd={onEnd} />
      </form>
    </Dialog>
  )
}

function Remove({ passkey, onEnd }: Asked) {
  const chat = useChat()
  const form = useForm({ password: '' })
  const remove = async () => {
    await chat.ask('passkey.remove', {
      passkey: passkey.id,
      password: form.values.password.value || null,
    })
    onEnd(true)
  }
  return (
    <Dialog title={t('passkey_remove', { name: passkey.name })} onClose={() => onEnd(false)}>
      <form class="form" onSubmit={form.submit(remove)}>
        <p>{t('passkey_remove_text')}</p>
        <Password form={form} optional />
        <FormProblem problem={form.problem} />
        <Acts act={t('remove')} kind="danger" form={form} onEnd={onEnd} />
      </form>
    </Dialog>
  )
}

interface ActsProps extends SubmitProps {
  onEnd(changed: boolean): void
}

function Acts({ onEnd, ...submit }: ActsProps) {
  return (
    <div class="form-acts">
      <Button kind="quiet" onClick={() => onEnd(false)}>
        {ui('cancel')}
      </Button>
      <Submit kind="primary" {...submit} />
    </div>
  )
}
