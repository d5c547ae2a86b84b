import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { askOnce } from '../data/connection'
import { said } from '../i18n/said'
import { screenLink } from '../shell/route'
import { socketUrl } from '../shell/session'
import { t as ui } from '../ui/words'
import { deviceName } from './device_name'
import { entered } from './entered'
import { takePending } from './sso'
import { t } from './words'

/** The browser is back from the provider. */
export function SsoReturn({ code }: { code: string }) {
  const problem = useSignal<string | null>(null)
  useEffect(() => {
    const pending = takePending()
    // A code that nobody here asked for may be somebody else's.
    if (pending === null) {
      problem.value = t('other_session')
      return
    }
    askOnce(socketUrl, 'account.exchange', { code, verifier: pending.verifier, device: deviceName() })
      .then((result) => entered(result, pending.invite))
      .catch((error: Error) => {
        problem.value = said(error)
      })
  }, [code])
  if (problem.value === null) return <p aria-busy="true">{ui('loading')}</p>
  return (
    <>
      <p class="form-problem" role="alert">
        {problem.value}
      </p>
      <a href={screenLink('sign-in')}>{t('sign_in')}</a>
    </>
  )
}
