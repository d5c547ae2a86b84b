/** An invite link that somebody opens who is signed in. */

import { useSignal } from '@preact/signals'
import { said } from '../i18n/said'
import { useChat } from '../shell/chat_context'
import { fromHere, go, screenLink } from '../shell/route'
import type { ScreenProps } from '../shell/Screens'
import { enterSpace } from '../sidebar/enter_space'
import { Button } from '../ui/Button'
import { Back } from './Back'
import { t } from './words'
import '../ui/form.css'
import './getting-in.css'

export function AcceptInvite({ rest }: ScreenProps) {
  const chat = useChat()
  const problem = useSignal<string | null>(null)
  const accept = async () => {
    const goOn = fromHere()
    try {
      const { space } = await chat.ask('invite.accept', { code: rest[0] ?? '' })
      await enterSpace(chat, space)
      goOn('#/', true) // unless there was a room to go to
    } catch (error) {
      problem.value = said(error as Error)
    }
  }
  const name = chat.store.account.value?.display_name ?? ''
  return (
    <div class="getting-in">
      <div class="getting-in-box">
        <h1>{t('invited')}</h1>
        <p>{t('accepting', { name })}</p>
        {problem.value !== null && (
          <p class="form-problem" role="alert">
            {problem.value}
          </p>
        )}
        <Button kind="primary" onClick={accept}>
          {t('accept')}
        </Button>
        <p>
          <a href={screenLink('sign-in', rest[0] ?? '')}>{t('another_account')}</a>
        </p>
        <Back onBack={() => go('#/', true)} />
      </div>
    </div>
  )
}
