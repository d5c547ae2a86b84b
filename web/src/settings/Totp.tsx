/** The second factor: a code of an app beside the password. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import { Button } from '../ui/Button'
import { Field } from '../ui/Field'
import { QrCode } from '../ui/QrCode'
import { Submit } from '../ui/Submit'
import { toast, tried } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import type { TotpSecret, TotpState } from '../wire/contract'
import { Password } from './Password'
import { t } from './words'

export function Totp() {
  const chat = useChat()
  const state = useSignal<TotpState | null>(null)
  const secret = useSignal<TotpSecret | null>(null)
  const codes = useSignal<readonly string[] | null>(null)
  const load = () =>
    tried(async () => {
      state.value = await chat.ask('totp.get', {})
    })
  useEffect(() => void load(), [])
  if (state.value === null) return null
  if (codes.value !== null)
    return (
      <Codes
        codes={codes.value}
        onDone={() => {
          codes.value = null
          void load()
        }}
      />
    )
  if (secret.value !== null)
    return (
      <Confirm
        secret={secret.value}
        onCodes={(list) => {
          secret.value = null
          codes.value = list
        }}
      />
    )
  return state.value.enabled ? (
    <Remove left={state.value.recovery_codes} onDone={load} />
  ) : (
    <Begin
      onBegun={(begun) => {
        secret.value = begun
      }}
    />
  )
}

function Begin({ onBegun }: { onBegun(secret: TotpSecret): void }) {
  const chat = useChat()
  const form = useForm({ password: '' })
  const begin = async () => onBegun(await chat.ask('totp.begin', { password: form.values.password.value }))
  return (
    <form class="form" onSubmit={form.submit(begin)}>
      <h2>{t('second_factor')}</h2>
      <p>{t('second_factor_text')}</p>
      <Password form={form} problem={form.problem.value} />
      <div>
        <Submit form={form} act={t('totp_begin')} />
      </div>
    </form>
  )
}

function Confirm({ secret, onCodes }: { secret: TotpSecret; onCodes(codes: readonly string[]): void }) {
  const chat = useChat()
  const form = useForm({ code: '' })
  const confirm = async () => {
    const { recovery_codes } = await chat.ask('totp.confirm', { code: form.values.code.value.trim() })
    onCodes(recovery_codes)
  }
  return (
    <form class="form" onSubmit={form.submit(confirm)}>
      <h2>{t('second_factor')}</h2>
      <p>{t('totp_scan')}</p>
      <QrCode text={secret.uri} label={t('totp_qr')} />
      <p>
        <code class="settings-secret">{secret.secret}</code>
      </p>
      <Field
        label={t('totp_code')}
        autocomplete="one-time-code"
        inputMode="numeric"
        required
        autofocus
        problem={form.problem.value}
        {...form.input('code')}
      />
      <div>
        <Submit form={form} kind="primary" act={t('totp_confirm')} />
      </div>
    </form>
  )
}

function Codes({ codes, onDone }: { codes: readonly string[]; onDone(): void }) {
  return (
    <section class="form">
      <h2>{t('recovery_codes')}</h2>
      <p>{t('recovery_codes_text')}</p>
      <ul class="settings-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div>
        <Button kind="primary" onClick={onDone}>
          {t('codes_kept')}
        </Button>
      </div>
    </section>
  )
}

function Remove({ left, onDone }: { left: number; onDone(): void }) {
  const chat = useChat()
  const form = useForm({ password: '', code: '' })
  const remove = async () => {
    await chat.ask('totp.remove', {
      password: form.values.password.value,
      code: form.values.code.value.trim(),
    })
    toast(t('saved'))
    onDone()
  }
  return (
    <form class="form" onSubmit={form.submit(remove)}>
      <h2>{t('second_factor')}</h2>
      <p>
        {t('totp_on')} {t('codes_left', { count: left })}
      </p>
      <Password form={form} />
      <Field
        label={t('totp_code')}
        autocomplete="one-time-code"
        required
        problem={form.problem.value}
        {...form.input('code')}
      />
      <div>
        <Submit form={form} kind="danger" act={t('totp_remove')} />
      </div>
    </form>
  )
}
