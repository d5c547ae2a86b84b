import { useEffect } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import { fromHere, screenLink } from '../shell/route'
import type { ScreenProps } from '../shell/Screens'
import { toast, tried } from '../ui/toasts'
import { t as ui } from '../ui/words'
import { t } from './words'

/** The browser brings an identity from the provider, to be connected with the account that asked for it. */
export function IdentityReturn({ rest }: ScreenProps) {
  const chat = useChat()
  const code = rest[0] ?? ''
  const live = chat.live.value
  useEffect(() => {
    if (!live) return
    const goOn = fromHere()
    void tried(async () => {
      await chat.ask('identity.add', { code })
      toast(t('identity_added'))
    }).then(() => goOn(screenLink('settings', 'security'), true))
  }, [code, live])
  return (
    <p class="app-empty" aria-busy="true">
      {ui('loading')}
    </p>
  )
}
