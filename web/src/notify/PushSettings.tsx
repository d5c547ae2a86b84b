/** How this browser notifies: on the screen, with a sound, and by push while it is closed. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { said } from '../i18n/said'
import { useChat } from '../shell/chat_context'
import { registration } from '../shell/update'
import { Button } from '../ui/Button'
import { toast, tried } from '../ui/toasts'
import { askPermission, desktop, permission, setDesktop, setSound, sound } from './choices'
import { canPush, isPushed, NoPush, subscribe, unsubscribe, wantsPush } from './push'
import { chime } from './sound'
import { tested } from './tested'
import { t } from './words'
import './push-settings.css'

export function PushSettings() {
  const chat = useChat()
  const pushed = useSignal(false)
  const busy = useSignal(false)
  useEffect(() => {
    void isPushed().then((is) => {
      pushed.value = is && wantsPush(chat.me)
    })
  }, [chat])
  const outcome = useSignal('')
  const asking = async (work: () => Promise<void>) => {
    busy.value = true
    outcome.value = ''
    try {
      await work()
    } catch (error) {
      toast(error instanceof NoPush ? t('push_failed') : said(error as Error), 'error')
    } finally {
      busy.value = false
    }
  }
  const push = (on: boolean) =>
    asking(async () => {
      if (!on) await unsubscribe(chat)
      else if (await askPermission()) await subscribe(chat)
      else return
      pushed.value = on
    })
  const tryPush = () =>
    asking(async () => {
      await subscribe(chat) // the server may have ended it
      outcome.value = tested(await chat.ask('push.test', {}))
    })
  const preferences = chat.store.preferences.value
  const denied = permission.value === 'denied'
  return (
    <section class="push-settings" aria-label={t('title')}>
      <h2>{t('title')}</h2>
      <Choice
        label={t('desktop')}
        on={desktop.value && permission.value === 'granted'}
        disabled={denied || permission.value === 'missing'}
        hint={denied ? t('desktop_denied') : permission.value === 'missing' ? t('desktop_missing') : ''}
        onChange={(on) => void setDesktop(on)}
      />
      <Choice
        label={t('sound')}
        on={sound.value}
        onChange={(on) => {
          setSound(on)
          if (on) void chime()
        }}
      />
      <Choice
        label={t('push')}
        on={pushed.value}
        disabled={busy.value || denied || !canPush()}
        hint={canPush() ? t('push_hint') : t('push_missing')}
        onChange={(on) => void push(on)}
      />
      {preferences !== null && (
        <Choice
          label={t('preview')}
          on={preferences.push_preview}
          hint={t('preview_hint')}
          onChange={(on) => void tried(() => chat.ask('preferences.update', { push_preview: on }))}
        />
      )}
      {permission.value === 'granted' && <Button onClick={() => void sample()}>{t('try')}</Button>}
      {pushed.value && (
        <Button disabled={busy.value} onClick={() => void tryPush()}>
          {t('push_try')}
        </Button>
      )}
      <p class="push-settings-outcome" role="status">
        {outcome.value}
      </p>
    </section>
  )
}

interface ChoiceProps {
  label: string
  on: boolean
  hint?: string
  disabled?: boolean
  onChange(on: boolean): void
}

function Choice({ label, on, hint = '', disabled = false, onChange }: ChoiceProps) {
  return (
    <label class="push-settings-choice">
      <input
        type="checkbox"
        checked={on}
        disabled={disabled}
        onChange={(event) => {
          const wanted = event.currentTarget.checked
          // What is shown is what is so, also when it could not be had.
          event.currentTarget.checked = on
          onChange(wanted)
        }}
      />
      <span>
        {label}
        {hint !== '' && <small>{hint}</small>}
      </span>
    </label>
  )
}

async function sample(): Promise<void> {
  const options = { body: t('tried_body'), icon: '/icons/icon-192.png', tag: 'sample' }
  const worker = await registration()
  if (worker?.active) await worker.showNotification(t('tried_title'), options)
  else new Notification(t('tried_title'), options)
}
