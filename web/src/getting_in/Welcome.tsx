/** After the first start: the link with which the others come in. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { InviteLink } from '../manage/InviteLink'
import { useChat } from '../shell/chat_context'
import { go } from '../shell/route'
import { Button } from '../ui/Button'
import { tried } from '../ui/toasts'
import { t } from './words'
import './getting-in.css'

const WEEK_S = 7 * 24 * 3600

export function Welcome() {
  const chat = useChat()
  const code = useSignal<string | null>(null)
  const space = chat.store.spaces.all()[0]
  const open = chat.status.value.state === 'open'
  useEffect(() => {
    if (space === undefined || !open || code.peek() !== null) return
    void tried(async () => {
      const { invite } = await chat.ask('invite.create', { space: space.id, expires_in: WEEK_S })
      code.value = invite.code
    })
  }, [space?.id, open])
  const name = chat.store.account.value?.display_name ?? ''
  return (
    <div class="getting-in">
      <div class="getting-in-box">
        <h1>{t('welcome', { name })}</h1>
        {space !== undefined && <p>{t('welcome_text', { space: space.name })}</p>}
        {code.value !== null && <InviteLink code={code.value} />}
        <p class="getting-in-note">{t('link_days')}</p>
        <Button kind="primary" onClick={() => go('#/', true)}>
          {t('open_chat')}
        </Button>
      </div>
    </div>
  )
}
