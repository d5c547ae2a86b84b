import { useChat } from '../shell/chat_context'
import { t as ui } from '../ui/words'
import { Identities } from './Identities'
import { Passkeys } from './Passkeys'
import { Totp } from './Totp'

export function SecurityTab() {
  if (!useChat().live.value) return <p aria-busy="true">{ui('loading')}</p>
  return (
    <>
      <Passkeys />
      <Totp />
      <Identities />
    </>
  )
}
